package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledPreparationTest {
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.start();
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    configuration.set("fs.file.impl", MortalFileSystem.class.getName());
    configuration.setBoolean("fs.file.impl.disable.cache", true);
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  private PrepareRequest request(Path out) {
    return PrepareRequest.of(folder.resolve("in").toString(), out.toString(), Task.CLASSIFICATION)
        .withPatientPattern("(p\\d+)_")
        .withShardBytes(1000);
  }

  private static String name(int patient) {
    return "in/" + (patient % 2 == 0 ? "cat" : "dog") + "/p" + patient + "_a.png";
  }

  /** Wherever the driver dies, the next growth ends where an undisturbed one does. */
  @Test
  void nextGrowthEndsWhereAnUndisturbedOneDoes() throws IOException {
    TinyCollection collection = new TinyCollection(folder);
    for (int i = 0; i < 12; i++) {
      collection.image(name(i), i);
    }
    Path before = folder.resolve("before");
    MortalFileSystem.dieAfter(before, Integer.MAX_VALUE);
    DatasetPreparation.run(spark, request(before));
    for (int i = 12; i < 16; i++) {
      collection.image(name(i), i);
    }
    collection.image(name(4), 4444);
    Files.setLastModifiedTime(
        folder.resolve(name(4)), FileTime.fromMillis(System.currentTimeMillis() + 5000));
    Path undisturbed = copy(before, "undisturbed");
    DatasetManifest expected = DatasetPreparation.run(spark, request(undisturbed));
    assertThat(TinyCollection.samples(undisturbed, expected)).hasSize(16);
    int deaths = 0;
    for (boolean died = true; died; deaths++) {
      Path out = copy(before, "out" + deaths);
      MortalFileSystem.dieAfter(out, deaths);
      died = dies(out);
      MortalFileSystem.dieAfter(out, Integer.MAX_VALUE);
      DatasetManifest grown = DatasetPreparation.run(spark, request(out));
      assertThat(grown).as("died at change %d", deaths).isEqualTo(expected);
      assertThat(TinyCollection.samples(out, grown)).hasSize(16);
      assertThat(out.resolve("sources-1.jsonl")).exists();
    }
    assertThat(deaths).as("changes").isGreaterThan(6);
  }

  /** The same of a first preparation, which begins again beside what it finds. */
  @Test
  void nextPreparationEndsWhereAnUndisturbedOneDoes() throws IOException {
    TinyCollection collection = new TinyCollection(folder);
    for (int i = 0; i < 4; i++) {
      collection.image(name(i), i);
    }
    Path undisturbed = folder.resolve("undisturbed");
    MortalFileSystem.dieAfter(undisturbed, Integer.MAX_VALUE);
    DatasetManifest expected = DatasetPreparation.run(spark, request(undisturbed));
    int deaths = 0;
    for (boolean died = true; died; deaths++) {
      Path out = folder.resolve("out" + deaths);
      MortalFileSystem.dieAfter(out, deaths);
      died = dies(out);
      MortalFileSystem.dieAfter(out, Integer.MAX_VALUE);
      if (died) {
        assertThat(DatasetPreparation.run(spark, request(out)))
            .as("died at change %d", deaths)
            .isEqualTo(expected);
      }
      assertThat(TinyCollection.samples(out, expected)).hasSize(4);
      assertThat(out.toFile().list()).noneMatch(name -> name.startsWith(".sinter-tmp-"));
    }
    assertThat(deaths).as("changes").isGreaterThan(4);
  }

  private boolean dies(Path out) {
    try {
      DatasetPreparation.run(spark, request(out));
      return false;
    } catch (SinterException e) {
      assertThat(e).hasMessageContaining("the driver was killed");
      return true;
    }
  }

  private Path copy(Path from, String name) throws IOException {
    Path to = folder.resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
    return to;
  }
}
