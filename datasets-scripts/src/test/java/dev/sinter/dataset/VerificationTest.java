package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
  private static SparkSession spark;

  @TempDir Path folder;
  private TinyCollection collection;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @BeforeEach
  void collection() {
    collection = new TinyCollection(folder);
  }

  private PrepareRequest request(Task task) {
    return PrepareRequest.of(
        folder.resolve("in").toString(), folder.resolve("out").toString(), task);
  }

  @Test
  void countsWhatItFindsAndWritesNothing() throws IOException {
    for (int i = 0; i < 6; i++) {
      collection.image("in/train/cat/" + i + ".png", i);
      collection.image("in/train/dog/" + i + ".png", 100 + i);
      collection.image("in/test/cat/" + i + ".png", 200 + i);
    }
    collection.image("in/test/dog/a.png", 3); // pixels of train/cat/3, and another label
    collection.image("in/train/dog/copy.png", 101);
    collection.text("in/train/dog/broken.png", "no image");
    Verification verification =
        DatasetPreparation.verify(
            spark, request(Task.CLASSIFICATION).withPatientPattern("/(\\w+)\\.png"));
    VerificationReport report = verification.report();
    assertThat(report.files().listed()).isEqualTo(21);
    assertThat(report.files().opened()).isEqualTo(21);
    assertThat(report.rejected())
        .isEqualTo(
            Map.of(
                "DUPLICATE_ACROSS_SPLITS", 1L,
                "IMAGE_FORMAT_UNKNOWN", 1L,
                "PATIENT_ACROSS_SPLITS", 11L));
    assertThat(report.sources().images()).isEqualTo(20);
    assertThat(report.sources().shapes())
        .containsExactly(new VerificationReport.Count("1 x 8 x 8 uint8", 20));
    assertThat(report.labels().classes()).isEqualTo(Map.of("cat", 12L, "dog", 8L));
    assertThat(report.duplicates()).isEqualTo(new VerificationReport.Duplicates(2, 2, 1, 1));
    assertThat(report.patients()).isEqualTo(new VerificationReport.Patients(8, 3, 6));
    assertThat(report.problems()).isEmpty();
    assertThat(report.splits().get("test").samples()).isEqualTo(7);
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(verification.rejectedNames())
        .anySatisfy(
            name -> {
              assertThat(name.path()).isEqualTo("train/dog/broken.png");
              assertThat(name.shown()).startsWith("train/dog/").doesNotContain("broken");
            });
  }

  @Test
  void namesAllProblemsAtOnce() throws IOException {
    for (int i = 0; i < 4; i++) {
      collection.image("in/images/" + i + ".png", i);
      collection.mask("in/masks/" + i + ".png", 0);
    }
    collection.text("in/images/x.png", "no image");
    collection.mask("in/masks/x.png", 1);
    Verification verification = DatasetPreparation.verify(spark, request(Task.SEGMENTATION));
    assertThat(verification.report().problems())
        .extracting(VerificationReport.Problem::code)
        .containsExactly("TOO_MANY_REJECTED", "ONE_CLASS_ONLY");
    assertThat(verification.failure())
        .hasValueSatisfying(e -> assertThat(e.code()).isEqualTo("TOO_MANY_REJECTED"));
    assertThat(verification.report().labels().maskValues()).isEqualTo(Map.of(0, 4L));
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void rejectsMasksOfValuesThatAreNotDeclared() throws IOException {
    for (int i = 0; i < 5; i++) {
      collection.image("in/imagesTr/c" + i + "_0000.png", i);
      collection.mask("in/labelsTr/c" + i + ".png", i == 4 ? 7 : 1);
    }
    collection.text(
        "in/dataset.json",
        "{\"channel_names\": {\"0\": \"x\"}, \"labels\": {\"rest\": 0, \"cell\": 1, \"rim\": 2}}");
    DatasetManifest manifest =
        DatasetPreparation.run(spark, request(Task.SEGMENTATION).withMaxRejected(0.5));
    assertThat(manifest.classes()).containsExactly("rest", "cell", "rim");
    assertThat(manifest.maskValues()).containsExactly(0, 1, 2);
    assertThat(folder.resolve("out/rejected.jsonl")).content().contains("MASK_VALUE_UNDECLARED");
  }

  @Test
  void preparesAContainerWithItsOwnSplits() throws IOException {
    collection.npz("in/tiny.npz", List.of("train", "val", "test"), 10);
    DatasetManifest manifest = DatasetPreparation.run(spark, request(Task.CLASSIFICATION));
    assertThat(manifest.classes()).containsExactly("0", "1");
    assertThat(manifest.splits().values()).allSatisfy(s -> assertThat(s.samples()).isEqualTo(10));
    List<Sample> samples = TinyCollection.samples(folder.resolve("out"), manifest);
    assertThat(samples).hasSize(30).extracting(Sample::height).containsOnly(8);
    byte[] first = new byte[640];
    new java.util.Random("val".hashCode()).nextBytes(first);
    assertThat(samples)
        .filteredOn(s -> s.split().equals("val"))
        .anySatisfy(
            s -> {
              assertThat(s.pixels()).isEqualTo(java.util.Arrays.copyOf(first, 64));
              assertThat(s.label()).isZero();
            });
  }

  @Test
  void validatesOnAnotherPartInEveryFold() throws IOException {
    for (int i = 0; i < 10; i++) {
      collection.image("in/cat/" + i + ".png", i);
      collection.image("in/dog/" + i + ".png", 100 + i);
    }
    java.util.Set<String> validated = new java.util.HashSet<>();
    java.util.Set<String> tested = new java.util.HashSet<>();
    for (int number = 1; number <= 3; number++) {
      Path out = folder.resolve("fold" + number);
      DatasetManifest manifest =
          DatasetPreparation.run(
              spark,
              PrepareRequest.of(
                      folder.resolve("in").toString(), out.toString(), Task.CLASSIFICATION)
                  .withCollection(new CollectionPlan(ManifestColumns.NONE, new Fold(number, 3))));
      assertThat(manifest.fold()).isEqualTo(number + "/3");
      for (Sample sample : TinyCollection.samples(out, manifest)) {
        if (sample.split().equals("val")) {
          assertThat(validated.add(sample.id())).isTrue();
        } else if (sample.split().equals("test")) {
          tested.add(sample.id());
        }
      }
    }
    assertThat(tested).hasSize(4);
    assertThat(validated).hasSize(16).doesNotContainAnyElementsOf(tested);
  }

  @Test
  void leavesSourcesUntouched() throws IOException {
    for (int i = 0; i < 4; i++) {
      collection.image("in/cat/" + i + ".png", i);
      collection.image("in/dog/" + i + ".png", 100 + i);
    }
    List<Path> before = TinyCollection.files(folder.resolve("in"));
    List<Long> times = before.stream().map(f -> f.toFile().lastModified()).toList();
    DatasetPreparation.run(spark, request(Task.CLASSIFICATION));
    assertThat(TinyCollection.files(folder.resolve("in"))).isEqualTo(before);
    assertThat(before.stream().map(f -> f.toFile().lastModified()).toList()).isEqualTo(times);
    assertThat(Files.exists(folder.resolve("out/dataset.json"))).isTrue();
  }
}
