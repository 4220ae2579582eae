package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetOutputTest {
  @TempDir Path folder;
  private Path root;

  @BeforeEach
  void writeAnOldDataset() throws IOException {
    root = folder.resolve("out");
    Files.createDirectories(root.resolve("shards"));
    for (String name :
        List.of("dataset.json", "rejected.jsonl", "sources.jsonl", "shards/train-00000.parquet")) {
      Files.writeString(root.resolve(name), "old " + name);
    }
    Files.writeString(root.resolve("thesis.txt"), "years of work");
  }

  private DatasetOutput begin() throws IOException {
    DatasetOutput output =
        DatasetOutput.open(
            PrepareRequest.of(folder.resolve("in").toString(), root.toString(), Task.CLASSIFICATION)
                .overwriting(),
            new Configuration());
    output.begin();
    output.writeLines(
        "sources.jsonl", List.<Map<String, Object>>of(Map.of("id", "new")).iterator());
    return output;
  }

  private List<String> entries() throws IOException {
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !name.endsWith(".crc"))
          .sorted()
          .toList();
    }
  }

  @Test
  void replacesAnOldDatasetAndNothingElse() throws IOException {
    DatasetOutput output = begin();
    output.writeLines("rejected.jsonl", Collections.emptyIterator());
    assertThat(root.resolve("dataset.json")).hasContent("old dataset.json");
    output.finish(DatasetManifestTest.manifest());
    assertThat(root.resolve("dataset.json"))
        .hasContent(DatasetManifestTest.manifest().toJson().stripTrailing());
    assertThat(root.resolve("shards")).isEmptyDirectory();
    assertThat(entries())
        .containsExactly("dataset.json", "rejected.jsonl", "shards", "sources.jsonl", "thesis.txt");
  }

  @Test
  void keepsTheOldDatasetWholeWhenTheSwapFails() throws IOException {
    DatasetOutput output = begin(); // without rejected.jsonl, so that its renaming fails
    assertThatThrownBy(() -> output.finish(DatasetManifestTest.manifest()))
        .isInstanceOf(IOException.class);
    output.abandon();
    assertThat(entries())
        .containsExactly("dataset.json", "rejected.jsonl", "shards", "sources.jsonl", "thesis.txt");
    for (String name : List.of("dataset.json", "sources.jsonl", "shards/train-00000.parquet")) {
      assertThat(root.resolve(name)).hasContent("old " + name);
    }
  }

  @Test
  void leavesADatasetAsItWasWhenItsGrowthFails() throws IOException {
    DatasetOutput output =
        DatasetOutput.openToGrow(
            PrepareRequest.of(
                folder.resolve("in").toString(), root.toString(), Task.CLASSIFICATION),
            new Configuration());
    output.begin();
    Path shards = Path.of(output.temporary().toUri()).resolve("shards");
    Files.writeString(shards.resolve("train-00001.parquet"), "new");
    output.writeLines(
        "rejected.jsonl",
        Collections.emptyIterator()); // and no sources-1.jsonl, so that a move fails
    assertThatThrownBy(
            () ->
                output.finishGrowth(
                    DatasetManifestTest.manifest(
                        DatasetManifest.SCHEMA_VERSION,
                        DatasetManifestTest.patches(),
                        new DatasetManifest.Origin("sources-1.jsonl", "", "reject"))))
        .isInstanceOf(IOException.class);
    output.abandon();
    for (String name :
        List.of("dataset.json", "rejected.jsonl", "sources.jsonl", "shards/train-00000.parquet")) {
      assertThat(root.resolve(name)).hasContent("old " + name);
    }
    assertThat(root.resolve("shards/train-00001.parquet")).doesNotExist();
    assertThat(entries())
        .containsExactly("dataset.json", "rejected.jsonl", "shards", "sources.jsonl", "thesis.txt");
  }
}
