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

  static DatasetManifest manifest() {
    return new DatasetManifest(
        1,
        "0.1.0",
        Task.SEGMENTATION,
        List.of("0", "255"),
        List.of(0, 255),
        new Preparation(Preparation.IMAGE, 3, 32, 48, Fit.PAD, PixelType.UINT16, 2),
        new Normalization(Normalization.Kind.DATASET, List.of(1.5f, 2f, 3f), List.of(1f, 2f, 4f)),
        new TreeMap<>(
            Map.of(
                "train",
                new DatasetManifest.SplitSummary(7, 5, new TreeMap<>(Map.of("0", 7L, "255", 6L))))),
        List.of(new DatasetManifest.ShardFile("shards/train-00000.parquet", "train", 7, 99, "ab")),
        "cd",
        SplitRatios.DEFAULT,
        2,
        1);
  }

  @Test
  void readsAndWritesTheGoldenFileOfVersionOne() throws IOException {
    String golden = Files.readString(GOLDEN);
    assertThat(DatasetManifest.parse(golden, "golden")).isEqualTo(manifest());
    assertThat(manifest().toJson()).isEqualTo(golden);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not json | DATASET_UNREADABLE",
        "{\"schema_version\": 1} | DATASET_UNREADABLE",
        "{\"schema_version\": 2} | DATASET_VERSION_UNSUPPORTED",
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
