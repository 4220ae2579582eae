package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetGrowthTest {
  private static SparkSession spark;

  @TempDir Path folder;
  private TinyCollection collection;
  private Path out;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @BeforeEach
  void twentyPatients() throws IOException {
    collection = new TinyCollection(folder);
    out = folder.resolve("out");
    for (int i = 0; i < 20; i++) {
      collection.image(name(i, "a"), i);
    }
  }

  private static String name(int patient, String image) {
    return "in/" + (patient % 2 == 0 ? "cat" : "dog") + "/p" + patient + "_" + image + ".png";
  }

  private PrepareRequest request() {
    return PrepareRequest.of(folder.resolve("in").toString(), out.toString(), Task.CLASSIFICATION)
        .withPatientPattern("(p\\d+)_")
        .withShardBytes(320);
  }

  private Map<String, String> sides(DatasetManifest manifest) {
    Map<String, String> sides = new HashMap<>();
    for (Sample sample : TinyCollection.samples(out, manifest)) {
      assertThat(sides.putIfAbsent(sample.patient(), sample.split())).isIn(null, sample.split());
    }
    return sides;
  }

  private Map<Path, String> shards() throws IOException {
    Map<Path, String> shards = new HashMap<>();
    for (Path file : TinyCollection.files(out.resolve("shards"))) {
      shards.put(
          file,
          Arrays.hashCode(Files.readAllBytes(file)) + Files.getLastModifiedTime(file).toString());
    }
    return shards;
  }

  @Test
  void addsNewFilesBesideOldShards() throws IOException {
    DatasetManifest first = DatasetPreparation.run(spark, request());
    Map<String, String> sides = sides(first);
    Map<Path, String> shards = shards();
    for (int i = 0; i < 20; i += 3) {
      collection.image(name(i, "b"), 1000 + i);
    }
    for (int i = 20; i < 40; i++) {
      collection.image(name(i, "a"), i);
    }
    DatasetManifest second = DatasetPreparation.run(spark, request());
    assertThat(sides(second)).containsAllEntriesOf(sides).hasSize(40);
    assertThat(shards()).containsAllEntriesOf(shards);
    assertThat(TinyCollection.samples(out, second)).hasSize(47);
    assertThat(second.splits().values().stream().mapToLong(s -> s.samples()).sum()).isEqualTo(47);
    assertThat(second.splits().values().stream().mapToLong(s -> s.patients()).sum()).isEqualTo(40);
    assertThat(second.splits().get("test").samples())
        .isGreaterThan(first.splits().get("test").samples());
    assertThat(second.normalization()).isEqualTo(first.normalization());
    assertThat(second.sourceFingerprint()).isNotEqualTo(first.sourceFingerprint());
    Map<String, Long> classes =
        TinyCollection.samples(out, second).stream()
            .filter(s -> s.split().equals("train"))
            .collect(
                Collectors.groupingBy(s -> second.classes().get(s.label()), Collectors.counting()));
    assertThat(second.splits().get("train").classes()).isEqualTo(classes);
    try (var left = Files.list(out)) {
      assertThat(left.map(p -> p.getFileName().toString()).filter(n -> !n.endsWith(".crc")))
          .containsExactlyInAnyOrder("dataset.json", "rejected.jsonl", "sources-1.jsonl", "shards");
    }
    assertThat(Files.getPosixFilePermissions(out.resolve("sources-1.jsonl"))).hasSize(2);
  }

  @Test
  void hasTheSameSourcesAsOnePreparationOfAll() throws IOException {
    DatasetPreparation.run(spark, request());
    collection.image(name(7, "b"), 77);
    collection.image(name(33, "b"), 78);
    DatasetManifest grown = DatasetPreparation.run(spark, request());
    DatasetManifest anew = DatasetPreparation.run(spark, request().overwriting());
    assertThat(grown.sourceFingerprint()).isEqualTo(anew.sourceFingerprint());
    assertThat(grown.splits().keySet()).isEqualTo(anew.splits().keySet());
  }

  @Test
  void doesNothingWhenNothingIsNew() throws IOException {
    DatasetManifest first = DatasetPreparation.run(spark, request());
    FileTime time = Files.getLastModifiedTime(out.resolve("dataset.json"));
    Verification dry = DatasetPreparation.verify(spark, request());
    assertThat(dry.report().files().unchanged()).isEqualTo(20);
    assertThat(dry.report().files().opened()).isZero();
    assertThat(DatasetPreparation.run(spark, request())).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(out.resolve("dataset.json"))).isEqualTo(time);
  }

  @Test
  void replacesTheSamplesOfAChangedFile() throws IOException {
    DatasetManifest first = DatasetPreparation.run(spark, request());
    Map<String, String> sides = sides(first);
    Map<Path, String> shards = shards();
    collection.image(name(4, "a"), 4444);
    Files.setLastModifiedTime(
        folder.resolve(name(4, "a")), FileTime.fromMillis(System.currentTimeMillis() + 5000));
    DatasetManifest second = DatasetPreparation.run(spark, request());
    assertThat(sides(second)).isEqualTo(sides);
    List<Sample> samples = TinyCollection.samples(out, second);
    assertThat(samples).hasSize(20).extracting(Sample::id).doesNotHaveDuplicates();
    Map<Path, String> after = shards();
    after.keySet().retainAll(shards.keySet());
    assertThat(shards).hasSize(after.size() + 2); // one shard and its checksum file
    assertThat(shards).containsAllEntriesOf(after);
    assertThat(second.splits()).isEqualTo(first.splits());
    DatasetManifest third = DatasetPreparation.run(spark, request());
    assertThat(third).isEqualTo(second);
  }

  @Test
  void takesAFolderOfNewFilesAlone() throws IOException {
    DatasetManifest first = DatasetPreparation.run(spark, request());
    Map<String, String> sides = sides(first);
    for (int i = 0; i < 10; i += 2) { // cats alone
      collection.image(name(i, "c").replace("in/", "june/"), 5000 + i);
    }
    DatasetManifest second =
        DatasetPreparation.run(
            spark,
            PrepareRequest.of(
                    folder.resolve("june").toString(), out.toString(), Task.CLASSIFICATION)
                .withPatientPattern("(p\\d+)_"));
    assertThat(sides(second)).isEqualTo(sides);
    assertThat(TinyCollection.samples(out, second)).hasSize(25);
    collection.image(name(0, "c").replace("in/", "july/"), 1);
    assertFails(
        PrepareRequest.of(folder.resolve("july").toString(), out.toString(), Task.CLASSIFICATION)
            .withPatientPattern("(p\\d+)_"),
        "SOURCES_COLLIDE",
        "relative path");
  }

  @Test
  void neverPutsATwinOnTheOtherSide() throws IOException {
    DatasetManifest first = DatasetPreparation.run(spark, request());
    for (int i = 0; i < 20; i++) {
      collection.image(name(i, "twin"), (i + 7) % 20); // another patient's pixels
    }
    DatasetManifest second = DatasetPreparation.run(spark, request());
    assertThat(sides(second)).isEqualTo(sides(first));
    Map<String, String> pixels = new HashMap<>();
    for (Sample sample : TinyCollection.samples(out, second)) {
      String key = Arrays.toString(sample.pixels());
      assertThat(pixels.putIfAbsent(key, sample.split())).isIn(null, sample.split());
    }
    assertThat(out.resolve("rejected.jsonl")).content().contains("DUPLICATE_ACROSS_SPLITS");
  }

  @Test
  void refusesWhatWouldMoveOldPatientsOrChangeOldSamples() throws IOException {
    DatasetPreparation.run(spark, request());
    collection.image(name(40, "a"), 40);
    assertFails(request().withSalt("another salt of the site"), "DATASET_CANNOT_GROW", "salt");
    assertFails(
        request().withSplit(new SplitRatios(0.7, 0.15, 0.15, 2)), "DATASET_CANNOT_GROW", "seed=2");
    assertFails(
        request().withCollection(new CollectionPlan(ManifestColumns.NONE, new Fold(1, 5))),
        "DATASET_CANNOT_GROW",
        "data.fold");
    assertFails(request().withSize(16, 16), "DATASET_CANNOT_GROW", "data.size");
    assertFails(
        request().withSampling(Sampling.DEFAULT.withNeighbours(1)),
        "DATASET_CANNOT_GROW",
        "data.neighbours was 0 and is now 1");
    assertFails(
        request().withPatientPattern("p(\\d+)_"), "DATASET_CANNOT_GROW", "data.patient-pattern");
    assertFails(
        request()
            .withCollection(new CollectionPlan(ManifestColumns.NONE, Fold.NONE, BurnedIn.WARN)),
        "DATASET_CANNOT_GROW",
        "data.burned-in was reject and is now warn");
    collection.image("in/fox/p50_a.png", 50);
    assertFails(request(), "DATASET_CANNOT_GROW", "fox");
    Files.delete(out.resolve("sources.jsonl"));
    assertFails(request(), "DATASET_CANNOT_GROW", "sources.jsonl");
  }

  private static void assertFails(PrepareRequest request, String code, String text) {
    assertThatThrownBy(() -> DatasetPreparation.run(spark, request))
        .isInstanceOfSatisfying(SinterException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(text);
  }
}
