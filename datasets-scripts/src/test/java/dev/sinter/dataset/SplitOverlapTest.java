package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.DatasetManifest.ShardFile;
import dev.sinter.error.SinterException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SplitOverlapTest {
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  private DatasetManifest prepare(Task task) throws IOException {
    TinyCollection collection = new TinyCollection(folder);
    for (int i = 0; i < 12; i++) {
      if (task == Task.CLASSIFICATION) {
        collection.image("in/" + (i % 2 == 0 ? "cat" : "dog") + "/" + i + ".png", i);
      } else {
        collection.image("in/images/" + i + ".png", i);
        collection.mask("in/masks/" + i + ".png", 1 + i % 3);
      }
    }
    return DatasetPreparation.run(
        spark,
        PrepareRequest.of(folder.resolve("in").toString(), folder.resolve("out").toString(), task));
  }

  private org.apache.hadoop.fs.Path root() {
    return new org.apache.hadoop.fs.Path(folder.resolve("out").toUri());
  }

  private static DatasetManifest withShards(DatasetManifest m, List<ShardFile> shards) {
    return new DatasetManifest(
        m.schemaVersion(),
        m.toolVersion(),
        m.task(),
        m.classes(),
        m.maskValues(),
        m.preparation(),
        m.normalization(),
        m.splits(),
        shards,
        m.sourceFingerprint(),
        m.splitRatios(),
        m.rejected(),
        m.constant(),
        m.fold(),
        m.origin());
  }

  private void assertOverlaps(DatasetManifest manifest, String text) {
    assertThatThrownBy(() -> SplitOverlap.refuse(spark, root(), manifest))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("SPLITS_OVERLAP"))
        .hasMessageContaining(text);
  }

  @Test
  void acceptsWhatPrepareWrites() throws IOException {
    DatasetManifest manifest = prepare(Task.CLASSIFICATION);
    assertThatCode(() -> SplitOverlap.refuse(spark, root(), manifest)).doesNotThrowAnyException();
  }

  @Test
  void refusesACopiedShard() throws IOException {
    DatasetManifest manifest = prepare(Task.CLASSIFICATION);
    List<ShardFile> shards = new ArrayList<>(manifest.shards());
    ShardFile train = manifest.shardsOf("train").get(0);
    shards.add(new ShardFile(train.path(), "test", train.samples(), 0, ""));
    assertOverlaps(withShards(manifest, shards), "8 patients and 8 images");
  }

  @ParameterizedTest
  @EnumSource(Task.class)
  void knowsImagesUnderOtherPatientsLabelsAndMasks(Task task) throws IOException {
    DatasetManifest manifest = prepare(task);
    Configuration configuration = new Configuration();
    Sample sample =
        TinyCollection.samples(folder.resolve("out"), manifest).stream()
            .filter(s -> s.split().equals("train"))
            .findFirst()
            .orElseThrow();
    byte[] mask = sample.mask().clone();
    Arrays.fill(mask, (byte) 1);
    Sample disguised =
        new Sample(
            "other",
            "somebody else",
            "test",
            task == Task.CLASSIFICATION ? 1 - sample.label() : -1,
            mask,
            sample.pixels(),
            sample.pixelType(),
            sample.channels(),
            sample.height(),
            sample.width(),
            sample.intensityMean(),
            sample.intensityStd(),
            sample.spacing(),
            "other",
            0,
            "other");
    try (ShardWriter writer =
        ShardWriter.create(
            configuration, new org.apache.hadoop.fs.Path(root(), "shards/test-00009.parquet"))) {
      writer.write(disguised);
    }
    List<ShardFile> shards = new ArrayList<>(manifest.shards());
    shards.add(new ShardFile("shards/test-00009.parquet", "test", 1, 0, ""));
    assertOverlaps(withShards(manifest, shards), "0 patients and 1 images");
  }

  /**
   * Blank images of two patients are no copies, with a margin neither; a gray one saved as colours
   * is a copy.
   */
  @ParameterizedTest
  @CsvSource({"resize, 8", "pad, 12"})
  void tellsImagesAsThePreparationDoes(String fit, int size) throws IOException {
    for (int i = 0; i < 12; i++) {
      String place = "in/" + (i % 2 == 0 ? "cat" : "dog") + "/" + i;
      image(place + "-blank.png", BufferedImage.TYPE_BYTE_GRAY, 7, 0);
      image(place + "-gray.png", BufferedImage.TYPE_BYTE_GRAY, i, 1 + i);
      image(place + "-colour.png", BufferedImage.TYPE_3BYTE_BGR, i, 1 + i);
    }
    PrepareRequest request =
        PrepareRequest.of(
                folder.resolve("in").toString(),
                folder.resolve("out").toString(),
                Task.CLASSIFICATION)
            .withFit(fit)
            .withSize(size, size);
    assertThat(DatasetPreparation.verify(spark, request).report().duplicates().pixelIdentical())
        .isEqualTo(12);
    DatasetManifest manifest = DatasetPreparation.run(spark, request);
    Map<Integer, Set<String>> sides = new HashMap<>();
    for (Sample sample : TinyCollection.samples(folder.resolve("out"), manifest)) {
      sides
          .computeIfAbsent(Arrays.hashCode(sample.pixels()), key -> new HashSet<>())
          .add(sample.split());
    }
    assertThat(sides).hasSize(13);
    assertThat(sides.values().stream().filter(s -> s.size() == 1).count()).isEqualTo(12);
    assertThat(sides.values().stream().filter(s -> s.size() == 3).count()).isEqualTo(1);
    assertThatCode(() -> SplitOverlap.refuse(spark, root(), manifest)).doesNotThrowAnyException();
  }

  private void image(String name, int type, int first, int step) throws IOException {
    BufferedImage image = new BufferedImage(8, 8, type);
    for (int i = 0; i < 64; i++) {
      for (int band = 0; band < image.getRaster().getNumBands(); band++) {
        image.getRaster().setSample(i % 8, i / 8, band, (first + step * i) % 256);
      }
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
  }

  @Test
  void leavesDamageToTheReader() throws IOException {
    DatasetManifest manifest = prepare(Task.CLASSIFICATION);
    Path shard = folder.resolve("out").resolve(manifest.shards().get(0).path());
    Files.write(shard, new byte[100]);
    Files.deleteIfExists(shard.resolveSibling("." + shard.getFileName() + ".crc"));
    assertThatThrownBy(() -> SplitOverlap.refuse(spark, root(), manifest))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("SHARD_UNREADABLE"));
  }

  @Property(tries = 200)
  void takesTheEndOffAChecksum(@ForAll byte[] beginning, @ForAll byte[] end) {
    CRC32C both = new CRC32C();
    both.update(beginning);
    int expected = (int) both.getValue();
    both.update(end);
    assertThat(Crc32cPrefix.without((int) both.getValue(), end)).isEqualTo(expected);
  }
}
