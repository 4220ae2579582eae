package dev.sinter.trainer.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.DatasetPreparation;
import dev.sinter.dataset.HadoopSourceFile;
import dev.sinter.dataset.PrepareRequest;
import dev.sinter.dataset.Sampling;
import dev.sinter.dataset.Task;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.SourceFormats;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.TinyCollections;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.Engines;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Replica;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Windows, flips and ensembles against a plain implementation: one forward pass after another. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlidingPredictionTest {
  private static final int SIZE = 16;

  private static SparkSession spark;

  @TempDir static Path folder;
  private static DatasetManifest squares;

  @BeforeAll
  static void start() throws IOException {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
    TinyCollections.squares(folder.resolve("squares"), 12, SIZE);
    squares =
        DatasetPreparation.run(
            spark,
            PrepareRequest.of(folder + "/squares", folder + "/squares-dataset", Task.SEGMENTATION)
                .withSize(SIZE, SIZE)
                .withFit("pad"));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static ShippedModel unet(int seed) {
    return TinyModels.random(squares, "unet", Map.of("depth", 1, "width", 4), seed);
  }

  private static PredictionOptions options(
      PredictionOptions.Window window, double overlap, Flip... flips) {
    return new PredictionOptions(
        window, overlap, Set.of(flips), PredictionOptions.Probabilities.NONE, 0, 2);
  }

  private static PredictionOptions withProbabilities() {
    return new PredictionOptions(
        PredictionOptions.Window.AUTO,
        0.5,
        Set.of(),
        PredictionOptions.Probabilities.WRITTEN,
        0,
        1);
  }

  private static Prediction.Outcome predict(
      List<ShippedModel> models, PredictionOptions options, String input, String output) {
    return new Prediction(spark, models, options, folder + "/" + input, folder + "/" + output)
        .run();
  }

  /** A network that takes one sample after the other. */
  private static final class Plain implements AutoCloseable {
    private final FlatVector parameters;
    private final Replica replica;

    Plain(ShippedModel model) {
      parameters = model.loadParameters();
      replica = Engines.byName(model.engine()).createReplica(model.network(), parameters);
    }

    /** Class probabilities of one sample, (classes, positions); those of images alone are first. */
    float[] forward(float[] normalised, List<Integer> shape) {
      Batch batch = Batch.withLabelPerSample(1, shape);
      batch.inputs().put(0, normalised);
      int outputs = 2 * normalised.length / shape.get(0);
      FloatBuffer answer =
          ByteBuffer.allocateDirect(outputs * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      replica.predict(batch, answer);
      float[] values = new float[outputs];
      answer.get(0, values);
      return values;
    }

    @Override
    public void close() {
      replica.close();
      parameters.close();
    }
  }

  /** First places of windows along an axis: from end to end, evenly, at least so much shared. */
  private static int[] starts(int extent, int size, double overlap) {
    int count = 1;
    while ((extent - size) > (count - 1) * Math.max(1, Math.floor(size * (1 - overlap)))) {
      count++;
    }
    int[] starts = new int[count];
    for (int i = 1; i < count; i++) {
      starts[i] = i * (extent - size) / (count - 1);
    }
    return starts;
  }

  /** Foreground minus background of a grid of normalised values, at least of a window's size. */
  private static double[] reference(
      Plain network, float[] values, int[] extents, int[] size, double overlap) {
    double[] difference = new double[values.length];
    double[] total = new double[values.length];
    for (int z0 : starts(extents[0], size[0], overlap)) {
      for (int y0 : starts(extents[1], size[1], overlap)) {
        for (int x0 : starts(extents[2], size[2], overlap)) {
          int positions = size[0] * size[1] * size[2];
          float[] window = new float[positions];
          int[] places = new int[positions];
          double[] weights = new double[positions];
          for (int i = 0; i < positions; i++) {
            int x = i % size[2];
            int y = i / size[2] % size[1];
            int z = i / size[2] / size[1];
            places[i] = ((z0 + z) * extents[1] + y0 + y) * extents[2] + x0 + x;
            window[i] = values[places[i]];
            weights[i] = bell(z, size[0]) * bell(y, size[1]) * bell(x, size[2]);
          }
          List<Integer> shape =
              size[0] == 1 ? List.of(1, size[1], size[2]) : List.of(1, size[0], size[1], size[2]);
          float[] answer = network.forward(window, shape);
          for (int i = 0; i < positions; i++) {
            difference[places[i]] += weights[i] * (answer[positions + i] - answer[i]);
            total[places[i]] += weights[i];
          }
        }
      }
    }
    for (int i = 0; i < difference.length; i++) {
      difference[i] /= total[i];
    }
    return difference;
  }

  private static double bell(int at, int size) {
    double distance = (at - (size - 1) / 2.0) / (size / 8.0);
    return Math.exp(-distance * distance / 2);
  }

  private static void noise(String name, int height, int width, int seed) throws IOException {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int bright = (x / 9 + y / 7) % 2 == 0 ? 140 : 30;
        image.getRaster().setSample(x, y, 0, bright + random.nextInt(80));
      }
    }
    TinyCollections.save(image, folder.resolve(name));
  }

  @Test
  void slidesOverImagesLargerThanTheNetwork() throws IOException {
    noise("large/a.png", 40, 27, 1);
    noise("large/b.png", 16, 51, 2);
    noise("large/c.png", 11, 30, 3); // rows need a margin
    ShippedModel model = unet(3);
    predict(List.of(model), options(PredictionOptions.Window.AUTO, 0.5), "large", "large-masks");
    float mean = squares.normalization().mean().get(0);
    float std = squares.normalization().std().get(0);
    int foreground = 0;
    int all = 0;
    for (String name : List.of("a", "b", "c")) {
      Raster image = ImageIO.read(folder.resolve("large/" + name + ".png").toFile()).getRaster();
      Raster mask =
          ImageIO.read(folder.resolve("large-masks/" + name + ".png").toFile()).getRaster();
      int height = Math.max(SIZE, image.getHeight());
      int top = (height - image.getHeight()) / 2;
      float[] values = new float[height * image.getWidth()];
      for (int i = 0; i < values.length; i++) {
        int y = i / image.getWidth() - top;
        boolean inside = y >= 0 && y < image.getHeight();
        values[i] = ((inside ? image.getSample(i % image.getWidth(), y, 0) : 0) - mean) / std;
      }
      int[] extents = {1, height, image.getWidth()};
      double[] expected;
      try (Plain network = new Plain(model)) {
        expected = reference(network, values, extents, new int[] {1, SIZE, SIZE}, 0.5);
      }
      for (int y = 0; y < image.getHeight(); y++) {
        for (int x = 0; x < image.getWidth(); x++) {
          double difference = expected[(y + top) * image.getWidth() + x];
          if (Math.abs(difference) > 1e-4) { // else a tie
            assertThat(mask.getSample(x, y, 0)).isEqualTo(difference > 0 ? 255 : 0);
          }
          foreground += difference > 0 ? 1 : 0;
          all++;
        }
      }
    }
    assertThat(foreground).isBetween(all / 20, all * 19 / 20);
  }

  @Test
  void aWindowThatCoversTheImageChangesNoBit() throws IOException {
    ShippedModel model = unet(4);
    String input = "squares/images";
    predict(List.of(model), options(PredictionOptions.Window.AUTO, 0.5), input, "slid");
    predict(List.of(model), options(PredictionOptions.Window.NONE, 0.5), input, "direct");
    try (Stream<Path> files = Files.list(folder.resolve("direct"))) {
      for (Path file : files.filter(f -> f.toString().endsWith("png")).toList()) {
        assertThat(folder.resolve("slid").resolve(file.getFileName())).hasSameBinaryContentAs(file);
      }
    }
  }

  @Test
  void slidesOverVolumes() throws IOException {
    TinyCollections.volumes(folder.resolve("scans"), 4, 16, 12);
    DatasetManifest dataset =
        DatasetPreparation.run(
            spark,
            PrepareRequest.of(folder + "/scans", folder + "/scans-dataset", Task.SEGMENTATION)
                .withSampling(Sampling.ofPatches(8, 8, 8, 0.25)));
    ShippedModel model = TinyModels.random(dataset, "unet3d", Map.of("depth", 1, "width", 4), 5);
    TinyCollections.volumes(folder.resolve("new-scans"), 1, 20, 11);
    predict(List.of(model), withProbabilities(), "new-scans/images", "scan-masks");
    RawVolume scan = volume("new-scans/images/scan_000.nii.gz");
    RawVolume mask = volume("scan-masks/scan_000.nii.gz");
    float[] values = scan.values();
    double mean = 0;
    double square = 0;
    for (float value : values) {
      mean += value / values.length;
    }
    for (float value : values) {
      square += (value - mean) * (value - mean) / values.length;
    }
    float[] normalised = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      normalised[i] = (float) ((values[i] - mean) / Math.sqrt(square));
    }
    double[] expected;
    try (Plain network = new Plain(model)) {
      expected = reference(network, normalised, new int[] {11, 20, 20}, new int[] {8, 8, 8}, 0.5);
    }
    for (int i = 0; i < values.length; i++) {
      if (Math.abs(expected[i]) > 1e-3) {
        assertThat(mask.stored()[i] & 0xff).as("voxel %d", i).isEqualTo(expected[i] > 0 ? 1 : 0);
      }
    }
    double[] sorted = expected.clone();
    Arrays.sort(sorted);
    assertThat(sorted[sorted.length - 1] - sorted[0]).isGreaterThan(0.05);
    assertThat(mask.geometry().affine()).isEqualTo(scan.geometry().affine());
    RawVolume probabilities = volume("scan-masks/scan_000.probabilities.nii.gz");
    assertThat(probabilities.dimensions()).containsExactly(20, 20, 11, 2);
    assertThat(probabilities.geometry().affine()).isEqualTo(scan.geometry().affine());
    float[] shares = probabilities.values();
    for (int i = 0; i < values.length; i++) {
      double difference = shares[values.length + i] - shares[i];
      assertThat(difference).isCloseTo(expected[i], within(1e-3));
    }
  }

  @Test
  void writesProbabilitiesOfImages() throws IOException {
    noise("wide/a.png", 16, 40, 1);
    predict(List.of(unet(3)), withProbabilities(), "wide", "wide-masks");
    Raster mask = ImageIO.read(folder.resolve("wide-masks/a.png").toFile()).getRaster();
    RawVolume probabilities = volume("wide-masks/a.probabilities.npy");
    assertThat(probabilities.dimensions()).containsExactly(40, 16, 2);
    float[] shares = probabilities.values();
    for (int i = 0; i < 640; i++) {
      assertThat(shares[i] + shares[640 + i]).isCloseTo(1, within(1e-5f));
      assertThat(mask.getSample(i % 40, i / 40, 0))
          .isEqualTo(shares[640 + i] > shares[i] ? 255 : 0);
    }
  }

  private static RawVolume volume(String name) throws IOException {
    return (RawVolume)
        SourceFormats.read(
            new HadoopSourceFile(folder.resolve(name).toString(), new Configuration()));
  }

  @Test
  void averagesFlipsAndModels() throws IOException {
    TinyCollections.classes(folder.resolve("classes"), 9, SIZE);
    DatasetManifest dataset =
        DatasetPreparation.run(
            spark,
            PrepareRequest.of(
                folder + "/classes", folder + "/classes-dataset", Task.CLASSIFICATION));
    List<ShippedModel> models =
        List.of(
            TinyModels.random(dataset, "resnet18", Map.of("stem", "small"), 3),
            TinyModels.random(dataset, "resnet18", Map.of("stem", "small"), 4));
    predict(
        models, options(PredictionOptions.Window.AUTO, 0.5, Flip.X, Flip.Y), "classes", "flipped");
    List<Row> rows =
        spark
            .read()
            .parquet(folder + "/flipped/predictions.parquet")
            .orderBy("path")
            .collectAsList();
    assertThat(rows).hasSize(18);
    try (Plain first = new Plain(models.get(0));
        Plain second = new Plain(models.get(1))) {
      double spread = 0;
      for (Row row : rows) {
        Raster image =
            ImageIO.read(folder.resolve("classes/" + row.<String>getAs("path")).toFile())
                .getRaster();
        double sum = 0;
        for (int flip = 0; flip < 4; flip++) {
          float[] values = flipped(image, flip, dataset);
          float one = first.forward(values, List.of(1, SIZE, SIZE))[1];
          float other = second.forward(values, List.of(1, SIZE, SIZE))[1];
          sum += (one + other) / 8;
          spread = Math.max(spread, Math.abs(one - other));
        }
        assertThat(row.<Float>getAs("probability_rows")).isCloseTo((float) sum, within(1e-4f));
      }
      assertThat(spread).isGreaterThan(0.01);
    }
  }

  /** Normalised values; the first bit of {@code flip} turns columns, the second one rows. */
  private static float[] flipped(Raster image, int flip, DatasetManifest dataset) {
    float mean = dataset.normalization().mean().get(0);
    float std = dataset.normalization().std().get(0);
    float[] values = new float[SIZE * SIZE];
    for (int i = 0; i < values.length; i++) {
      int x = (flip & 1) == 1 ? SIZE - 1 - i % SIZE : i % SIZE;
      int y = (flip & 2) == 2 ? SIZE - 1 - i / SIZE : i / SIZE;
      values[i] = (image.getSample(x, y, 0) - mean) / std;
    }
    return values;
  }

  @Test
  void turnsAnswersOfFlippedImagesBack() throws IOException {
    ShippedModel model = unet(6);
    String input = "squares/images";
    predict(List.of(model), options(PredictionOptions.Window.NONE, 0, Flip.X), input, "mirrored");
    Raster image = ImageIO.read(folder.resolve("squares/images/004.png").toFile()).getRaster();
    Raster mask = ImageIO.read(folder.resolve("mirrored/004.png").toFile()).getRaster();
    List<Integer> shape = List.of(1, SIZE, SIZE);
    float[] first;
    float[] second;
    try (Plain network = new Plain(model)) {
      first = network.forward(flipped(image, 0, squares), shape);
      second = network.forward(flipped(image, 1, squares), shape);
    }
    int half = SIZE * SIZE;
    int decided = 0;
    for (int i = 0; i < half; i++) {
      int back = i - i % SIZE + SIZE - 1 - i % SIZE;
      double difference = first[half + i] - first[i] + second[half + back] - second[back];
      if (Math.abs(difference) > 1e-4) {
        assertThat(mask.getSample(i % SIZE, i / SIZE, 0)).isEqualTo(difference > 0 ? 255 : 0);
        decided++;
      }
    }
    assertThat(decided).isGreaterThan(SIZE * SIZE / 2);
  }

  @Test
  void refusesModelsThatDoNotBelongTogether() throws IOException {
    TinyCollections.squares(folder.resolve("others"), 8, 32);
    DatasetManifest other =
        DatasetPreparation.run(
            spark,
            PrepareRequest.of(folder + "/others", folder + "/others-dataset", Task.SEGMENTATION));
    ShippedModel larger = TinyModels.random(other, "unet", Map.of("depth", 1, "width", 4), 3);
    assertThatThrownBy(
            () ->
                predict(
                    List.of(unet(3), larger), PredictionOptions.DEFAULT, "squares/images", "never"))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("MODELS_DIFFER"));
    assertThatThrownBy(
            () ->
                predict(
                    List.of(unet(3)),
                    options(PredictionOptions.Window.AUTO, 0.5, Flip.Z),
                    "squares/images",
                    "never"))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("PREDICT_OPTION_INVALID"));
    assertThat(folder.resolve("never")).doesNotExist();
  }
}
