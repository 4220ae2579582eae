package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetManifestTest {
  private static final Path GOLDEN = Path.of("src/test/resources/v1/dataset.json");

  @TempDir Path folder;

  private static final Path SECOND_GOLDEN = Path.of("src/test/resources/v2/dataset.json");

  static DatasetManifest manifest() {
    return manifest(DatasetManifest.SCHEMA_VERSION, patches(), null);
  }

  static DatasetManifest manifest(
      int version, Preparation preparation, DatasetManifest.Origin origin) {
    return new DatasetManifest(
        version,
        "0.1.0",
        Task.SEGMENTATION,
        List.of("0", "255"),
        List.of(0, 255),
        preparation,
        new Normalization(Normalization.Kind.DATASET, List.of(1.5f, 2f, 3f), List.of(1f, 2f, 4f)),
        new TreeMap<>(
            Map.of(
                "train",
                new DatasetManifest.SplitSummary(7, 5, new TreeMap<>(Map.of("0", 7L, "255", 6L))))),
        List.of(new DatasetManifest.ShardFile("shards/train-00000.parquet", "train", 7, 99, "ab")),
        "cd",
        SplitRatios.DEFAULT,
        2,
        1,
        "",
        origin);
  }

  @Test
  void readsTheGoldenFileOfVersionOne() throws IOException {
    Preparation preparation =
        new Preparation(Preparation.IMAGE, 3, 32, 48, Fit.PAD, PixelType.UINT16, 2);
    DatasetManifest manifest = DatasetManifest.parse(Files.readString(GOLDEN), "golden");
    assertThat(manifest).isEqualTo(manifest(1, preparation, null));
    assertThat(manifest.inputShape().dimensions()).containsExactly(3, 32, 48);
    assertThat(manifest.fingerprint())
        .as("checkpoints of version 1 hold it")
        .isEqualTo("b6a28d3d406d798990aa2006ef365879abbdc257a27a7946f7b5643af59ddd98");
  }

  @Test
  void readsAndWritesTheGoldenFileOfVersionTwo() throws IOException {
    String golden = Files.readString(SECOND_GOLDEN);
    DatasetManifest manifest = manifest(2, patches(), null);
    assertThat(DatasetManifest.parse(golden, "golden")).isEqualTo(manifest);
    assertThat(manifest.toJson()).isEqualTo(golden);
    assertThat(manifest.inputShape().dimensions()).containsExactly(1, 8, 32, 48);
  }

  static Preparation patches() {
    return new Preparation(
        Preparation.VOLUME,
        1,
        32,
        48,
        Fit.PAD,
        PixelType.INT16,
        2,
        SampleKind.PATCH,
        8,
        0.25,
        new Transforms(
            List.of(3.0, 1.0, 1.0),
            Transforms.Crop.CENTRE,
            List.of(20, 100, 100),
            List.of(40.0, 400.0),
            List.of(0.5, 99.5),
            Transforms.Normalize.SOURCE),
        0,
        List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not json | DATASET_UNREADABLE",
        "{\"schema_version\": 1} | DATASET_UNREADABLE",
        "{\"schema_version\": 3} | DATASET_VERSION_UNSUPPORTED",
        "{} | DATASET_VERSION_UNSUPPORTED"
      })
  void rejectsOtherFiles(String text, String code) {
    assertCode(() -> DatasetManifest.parse(text, "dataset.json"), code);
  }

  @Test
  void tellsAMissingDatasetFromAFailedStorage() {
    Configuration configuration = new Configuration();
    assertCode(
        () -> DatasetManifest.read(new org.apache.hadoop.fs.Path(folder.toUri()), configuration),
        "DATASET_NOT_FOUND");
    assertCode(
        () ->
            DatasetManifest.read(
                new org.apache.hadoop.fs.Path("unheard-of://host/data"), configuration),
        "STORAGE_FAILED");
  }

  private static void assertCode(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(SinterException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
