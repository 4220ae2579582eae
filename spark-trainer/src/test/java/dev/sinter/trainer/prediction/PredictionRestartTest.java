package dev.sinter.trainer.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.DatasetPreparation;
import dev.sinter.dataset.PrepareRequest;
import dev.sinter.dataset.Task;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.HaltingFileSystem;
import dev.sinter.trainer.TinyCollections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A prediction that ended on its way goes on, and becomes what an undisturbed one is. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PredictionRestartTest {
  private static final int SIZE = 16;
  private static final int PER_CLASS = 30;

  private static SparkSession spark;

  @TempDir static Path folder;
  private static ShippedModel classifier;
  private static ShippedModel segmenter;

  @BeforeAll
  static void start() throws IOException {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.kryo.registrationRequired", "true")
            .config("spark.kryo.registrator", "dev.sinter.trainer.spark.SinterKryoRegistrator")
            .config("spark.hadoop." + HaltingFileSystem.KEY, HaltingFileSystem.class.getName())
            .config("spark.hadoop." + HaltingFileSystem.NAME, "00000003.jsonl")
            .config("spark.hadoop." + HaltingFileSystem.MARKER, folder + "/marker")
            .config("spark.hadoop." + HaltingFileSystem.HOW, "fail")
            .config("spark.hadoop.fs.halting.impl.disable.cache", "true")
            .getOrCreate();
    TinyCollections.classes(folder.resolve("classes"), PER_CLASS, SIZE);
    TinyCollections.squares(folder.resolve("squares"), PER_CLASS, SIZE);
    classifier =
        TinyModels.random(
            prepared("classes", Task.CLASSIFICATION), "resnet18", Map.of("stem", "small"), 3);
    segmenter =
        TinyModels.random(
            prepared("squares", Task.SEGMENTATION), "unet", Map.of("depth", 1, "width", 4), 3);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static DatasetManifest prepared(String name, Task task) {
    return DatasetPreparation.run(
        spark, PrepareRequest.of(folder + "/" + name, folder + "/" + name + "-dataset", task));
  }

  private static Prediction prediction(
      ShippedModel model, PredictionOptions options, String input, String output) {
    return new Prediction(
        spark, List.of(model), options, folder + "/" + input, "halting:" + folder + "/" + output);
  }

  private static Prediction prediction(ShippedModel model, String input, String output) {
    return prediction(model, PredictionOptions.DEFAULT, input, output);
  }

  private static void interrupt(Prediction prediction) throws IOException {
    Files.deleteIfExists(folder.resolve("marker"));
    assertThatThrownBy(prediction::run).hasStackTraceContaining("as the test wants it");
  }

  private static void undisturbed(ShippedModel model, String input, String output)
      throws IOException {
    Files.deleteIfExists(folder.resolve("marker"));
    Files.createFile(folder.resolve("marker"));
    assertThat(prediction(model, input, output).run().chunksBefore()).isZero();
  }

  /** All files but Spark's parts, whose names are random. */
  private static Map<String, String> contents(String output) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    Path root = folder.resolve(output);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = root.relativize(file).toString();
        if (!name.contains("predictions.parquet")) {
          contents.put(
              name, java.util.Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
        }
      }
    }
    return contents;
  }

  @Test
  void goesOnWithTheChunksThatAreMissing() throws IOException {
    undisturbed(classifier, "classes", "whole");
    interrupt(prediction(classifier, "classes", "interrupted"));
    Path chunks = folder.resolve(".interrupted.unfinished/_sinter/chunks");
    assertThat(folder.resolve("interrupted")).doesNotExist();
    Map<Path, Object> before = stamps(chunks);
    assertThat(before).isNotEmpty().doesNotContainKey(chunks.resolve("00000003.jsonl"));

    List<String> said = new ArrayList<>();
    // A chunk that is computed again would be written again: this one cannot be.
    Path kept = before.keySet().iterator().next();
    Files.writeString(
        kept, Files.readString(kept).replaceFirst("\"path\":\"[^\"]*\"", "\"path\":\"kept\""));
    Prediction.Outcome outcome = prediction(classifier, "classes", "interrupted").run(said::add);

    assertThat(outcome.predicted()).isEqualTo(2L * PER_CLASS);
    assertThat(outcome.chunksBefore()).isEqualTo(before.size());
    assertThat(outcome.chunks()).isGreaterThan(before.size());
    assertThat(said).singleElement().asString().contains("goes on");
    List<String> expected = Files.readAllLines(folder.resolve("whole/predictions.csv"));
    List<String> lines = Files.readAllLines(folder.resolve("interrupted/predictions.csv"));
    assertThat(lines)
        .hasSameSizeAs(expected)
        .filteredOn(line -> line.startsWith("kept"))
        .hasSize(1);
    List<String> others = new ArrayList<>(lines);
    others.removeIf(line -> line.startsWith("kept"));
    assertThat(expected).containsSequence(others.get(0)).containsAll(others);
    assertThat(others).doesNotHaveDuplicates();
    assertThat(folder.resolve("interrupted/_sinter")).doesNotExist();
    assertThat(folder.resolve(".interrupted.unfinished")).doesNotExist();
  }

  private static Map<Path, Object> stamps(Path chunks) throws IOException {
    Map<Path, Object> stamps = new TreeMap<>();
    try (Stream<Path> files = Files.list(chunks)) {
      for (Path file : files.toList()) {
        stamps.put(file, Files.getLastModifiedTime(file));
      }
    }
    return stamps;
  }

  @Test
  void becomesWhatAnUndisturbedOneIs() throws IOException {
    undisturbed(segmenter, "squares/images", "whole-masks");
    interrupt(prediction(segmenter, "squares/images", "masks"));
    prediction(segmenter, "squares/images", "masks").run();
    assertThat(contents("masks")).isEqualTo(contents("whole-masks")).hasSize(PER_CLASS + 1);
  }

  @Test
  void hasNothingToDoWhereItIsFinished() throws IOException {
    undisturbed(segmenter, "squares/images", "finished");
    Map<String, String> before = contents("finished");
    List<String> said = new ArrayList<>();
    Prediction.Outcome again = prediction(segmenter, "squares/images", "finished").run(said::add);
    assertThat(again.chunks()).isZero();
    assertThat(again.predicted()).isEqualTo(PER_CLASS);
    assertThat(said).singleElement().asString().contains("nothing to do");
    assertThat(contents("finished")).isEqualTo(before);
  }

  @Test
  void refusesAnotherModelOtherOptionsAndOtherFiles() throws IOException {
    interrupt(prediction(segmenter, "squares/images", "refused"));
    ShippedModel other =
        TinyModels.random(segmenter.dataset(), "unet", Map.of("depth", 1, "width", 4), 4);
    refused(prediction(other, "squares/images", "refused"), "another model");
    PredictionOptions flipped =
        new PredictionOptions(
            PredictionOptions.Window.AUTO,
            0.5,
            Set.of(Flip.X),
            PredictionOptions.Probabilities.NONE,
            0,
            1);
    refused(prediction(segmenter, flipped, "squares/images", "refused"), "--tta x");
    refused(prediction(segmenter, "squares/labels", "refused"), "other files");
    prediction(segmenter, "squares/images", "refused").run();
    refused(prediction(other, "squares/images", "refused"), "another model");
  }

  private static void refused(Prediction prediction, String why) {
    assertThatThrownBy(prediction::run)
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("PREDICTION_DIFFERS"))
        .hasMessageContaining(why);
  }
}
