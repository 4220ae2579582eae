package dev.sinter.trainer.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.DatasetPreparation;
import dev.sinter.dataset.Normalization;
import dev.sinter.dataset.PrepareRequest;
import dev.sinter.dataset.Sample;
import dev.sinter.dataset.SourceCollection;
import dev.sinter.dataset.Task;
import dev.sinter.trainer.TinyCollections;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.Engines;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Replica;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Predicted files against one forward pass per image, normalised by hand. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PredictionTest {
  private static final int SIZE = 16;
  private static final int IMAGES = 21; // batches of 8: full ones and a rest in each of two tasks

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private DatasetManifest prepare(Task task) {
    return DatasetPreparation.run(
        spark, PrepareRequest.of(folder + "/collection", folder + "/dataset", task));
  }

  private static ShippedModel model(DatasetManifest dataset, String name, Map<String, Object> how) {
    return TinyModels.random(dataset, name, how, 3);
  }

  private static float[] oracle(ShippedModel model, Sample sample, int outputs) {
    Batch batch = Batch.forClassification(1, sample.channels(), SIZE, SIZE);
    Normalization normalization = model.dataset().normalization();
    for (int i = 0; i < sample.pixels().length; i++) {
      int channel = i / (SIZE * SIZE);
      float value = sample.pixels()[i] & 0xff;
      batch
          .inputs()
          .put(i, (value - normalization.mean().get(channel)) / normalization.std().get(channel));
    }
    FloatBuffer probabilities =
        ByteBuffer.allocateDirect(outputs * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    try (FlatVector parameters = model.loadParameters();
        Replica replica =
            Engines.byName(model.engine()).createReplica(model.network(), parameters)) {
      replica.predict(batch, probabilities);
    }
    float[] result = new float[outputs];
    probabilities.get(0, result);
    return result;
  }

  private static List<Sample> samples(ShippedModel model, String input) {
    Configuration configuration = new Configuration();
    SourceCollection sources =
        SourceCollection.list(configuration, input, model.dataset().preparation());
    return sources.items().stream()
        .filter(item -> !item.relative().contains("broken"))
        .map(item -> sources.read(configuration, item).samples().get(0))
        .toList();
  }

  private void colourSquares() throws IOException {
    Random random = new Random(5);
    for (int i = 0; i < IMAGES; i++) {
      BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
      BufferedImage mask = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
      int left = random.nextInt(SIZE / 2);
      for (int y = 0; y < SIZE; y++) {
        for (int x = 0; x < SIZE; x++) {
          boolean inside = x >= left && x < left + SIZE / 2 && y < SIZE / 2;
          image.getRaster().setSample(x, y, 0, (inside ? 150 : 100) + random.nextInt(100));
          image.getRaster().setSample(x, y, 1, (inside ? 100 : 20) + random.nextInt(60));
          image.getRaster().setSample(x, y, 2, random.nextInt(20));
          mask.getRaster().setSample(x, y, 0, inside ? 255 : 0);
        }
      }
      String name = String.format("%03d.png", i);
      TinyCollections.save(image, folder.resolve("collection/images").resolve(name));
      TinyCollections.save(mask, folder.resolve("collection/labels").resolve(name));
    }
  }

  @Test
  void segmentsColourImages() throws IOException {
    colourSquares();
    DatasetManifest dataset = prepare(Task.SEGMENTATION);
    assertThat(dataset.normalization().kind()).isEqualTo(Normalization.Kind.DATASET);
    assertThat(dataset.channels()).isEqualTo(3);
    ShippedModel model = model(dataset, "unet", Map.of("depth", 1, "width", 4));
    String input = folder + "/collection/images";
    Files.writeString(folder.resolve("collection/images/broken.png"), "no image");
    // What a killed run left.
    Files.createDirectories(folder.resolve(".masks.unfinished/_sinter/chunks"));
    Files.writeString(folder.resolve(".masks.unfinished/stale.png"), "of yesterday");
    Files.writeString(folder.resolve(".masks.unfinished/_sinter/chunks/00000000.jsonl"), "stale");

    Prediction.Outcome outcome = new Prediction(spark, model, input, folder + "/masks").run();

    assertThat(outcome.predicted()).isEqualTo(IMAGES);
    assertThat(outcome.rejected()).isEqualTo(1);
    assertThat(folder.resolve("masks/rejected.jsonl")).content().contains("broken.png");
    assertThat(folder.resolve("masks/stale.png")).doesNotExist();
    assertThat(folder.resolve(".masks.unfinished")).doesNotExist();
    assertThat(folder.resolve("masks/_sinter")).doesNotExist();
    int different = 0;
    int foreground = 0;
    for (Sample sample : samples(model, input)) {
      float[] probabilities = oracle(model, sample, 2 * SIZE * SIZE);
      BufferedImage mask = ImageIO.read(folder.resolve("masks/" + sample.id()).toFile());
      for (int i = 0; i < SIZE * SIZE; i++) {
        int expected = probabilities[SIZE * SIZE + i] > probabilities[i] ? 255 : 0;
        foreground += expected == 255 ? 1 : 0;
        different += mask.getRaster().getSample(i % SIZE, i / SIZE, 0) == expected ? 0 : 1;
      }
    }
    int pixels = IMAGES * SIZE * SIZE;
    assertThat(foreground).isBetween(pixels / 20, pixels * 19 / 20);
    assertThat(different).isLessThanOrEqualTo(pixels / 1000); // near ties
  }

  @Test
  void evaluatesColourMasksTheSameInAnyNumberOfTasks() throws IOException {
    colourSquares();
    DatasetManifest dataset = prepare(Task.SEGMENTATION);
    ShippedModel model = model(dataset, "unet", Map.of("depth", 1, "width", 4));
    Evaluation.Segmented result =
        new Evaluation(spark, model, folder + "/dataset", "train").segment();
    long samples = dataset.splits().get("train").samples();
    assertThat(result.result().samples()).isEqualTo(samples);
    assertThat(result.examples()).hasSize((int) Math.min(12, samples));
    assertThat(result.examples()).extracting(Example::volume).isSorted();
    SplitTask whole = SplitTask.whole(folder + "/dataset", dataset, "train");
    assertThat(whole.tasks(2)).isEqualTo(2);
    assertThat(whole.tasks(1000)).isEqualTo((int) samples);
    assertThat(whole.part(1, 2).from()).isEqualTo(whole.part(0, 2).to());
    // 5 bytes a pixel: a million samples of 16 x 16 are 20 tasks of 64 MB.
    assertThat(new SplitTask("", dataset, "train", 0, 1_000_000).tasks(2)).isEqualTo(20);
  }

  @Test
  void showsTheMostConfidentMistakesAndSomeRightOnes() throws IOException {
    TinyCollections.classes(folder.resolve("collection"), 40, SIZE);
    DatasetManifest dataset = prepare(Task.CLASSIFICATION);
    ShippedModel model = model(dataset, "resnet18", Map.of("stem", "small"));
    Evaluation.Classified result =
        new Evaluation(spark, model, folder + "/dataset", "train").classify();
    long samples = dataset.splits().get("train").samples();
    assertThat(result.result().samples()).isEqualTo(samples);
    long right = Math.round(result.result().accuracy() * samples);
    List<Example> mistakes =
        result.examples().stream().filter(e -> e.predicted() != e.truth()).toList();
    assertThat(mistakes).hasSize((int) Math.min(12, samples - right)).hasSizeGreaterThan(1);
    assertThat(mistakes)
        .isSortedAccordingTo(Comparator.comparingDouble(Example::confidence).reversed());
    for (int c = 0; c < 2; c++) {
      int label = c;
      assertThat(result.examples())
          .filteredOn(e -> e.truth() == label && e.predicted() == label)
          .hasSizeLessThanOrEqualTo(6)
          .extracting(Example::id)
          .isSorted();
    }
    assertThat(result.examples().size()).isGreaterThan(mistakes.size());
  }

  @Test
  void classifiesFilesInFullBatches() throws IOException {
    TinyCollections.classes(folder.resolve("collection"), IMAGES, SIZE);
    DatasetManifest dataset = prepare(Task.CLASSIFICATION);
    ShippedModel model = model(dataset, "resnet18", Map.of("stem", "small"));
    String input = folder + "/collection/rows";
    Files.writeString(folder.resolve("collection/rows/007-broken.png"), "no image");

    Prediction.Outcome outcome = new Prediction(spark, model, input, folder + "/classes").run();

    assertThat(outcome.predicted()).isEqualTo(IMAGES);
    assertThat(outcome.rejected()).isEqualTo(1);
    List<Row> rows =
        spark
            .read()
            .parquet(folder + "/classes/predictions.parquet")
            .orderBy("path")
            .collectAsList();
    List<Sample> samples = samples(model, input);
    assertThat(rows).hasSize(IMAGES);
    for (int i = 0; i < IMAGES; i++) {
      assertThat(rows.get(i).<String>getAs("path")).isEqualTo(samples.get(i).id());
      assertThat(rows.get(i).<Float>getAs("probability_rows"))
          .as(samples.get(i).id())
          .isCloseTo(oracle(model, samples.get(i), 2)[1], within(1e-3f));
    }
  }
}
