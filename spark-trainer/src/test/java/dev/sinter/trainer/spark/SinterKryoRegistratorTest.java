package dev.sinter.trainer.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.prediction.Evaluation;
import dev.sinter.trainer.prediction.Prediction;
import dev.sinter.trainer.prediction.ShippedModel;
import dev.sinter.trainer.training.Resume;
import dev.sinter.trainer.training.TrainingJob;
import dev.sinter.trainer.training.TrainingListener;
import dev.sinter.trainer.training.TrainingResult;
import java.awt.Point;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Two executors in processes of their own that take no class which is not registered, and that get
 * Sinter's classes as {@code spark-submit --jars} gives them: through a class loader of their own.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SinterKryoRegistratorTest {
  @TempDir static Path folder;

  private static SparkSession spark;

  @BeforeAll
  static void start() throws IOException {
    List<String> libraries = new ArrayList<>();
    List<String> submitted = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (Files.isDirectory(Path.of(entry))) {
        submitted.add(jar(Path.of(entry), folder.resolve("classes" + submitted.size() + ".jar")));
      } else {
        libraries.add(entry);
      }
    }
    spark =
        SparkSession.builder()
            .config(
                SparkTestClusters.conf("kryo", 2, 1, Map.of())
                    .set(
                        "spark.executor.extraClassPath", String.join(File.pathSeparator, libraries))
                    .set("spark.jars", String.join(",", submitted))
                    .set("spark.serializer", KryoSerializer.class.getName())
                    .set("spark.kryo.registrator", SinterKryoRegistrator.class.getName())
                    .set("spark.kryo.registrationRequired", "true")
                    // Less than an array below: what is shipped must go through as a stream.
                    .set("spark.kryoserializer.buffer.max", "1m"))
            .getOrCreate();
  }

  private static String jar(Path classes, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out);
        Stream<Path> paths = Files.walk(classes)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        jar.putNextEntry(new ZipEntry(classes.relativize(path).toString()));
        Files.copy(path, jar);
        jar.closeEntry();
      }
    }
    return file.toString();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  private static TrainingResult train(RunConfig run) {
    return new TrainingJob(spark, run, Map.of()).run(Resume.AUTO, new Silent());
  }

  private static ShippedModel model(RunConfig run) {
    return ShippedModel.of(RunDirectory.readModel(run.train().output(), new Configuration()));
  }

  @Test
  void classifiesFromImagesToPredictions() throws IOException {
    TinyRuns images = TinyRuns.classification(spark, folder.resolve("images"));
    RunConfig run = images.config("run", "train.epochs=1");
    assertThat(train(run).epochs()).isEqualTo(1);
    Evaluation.Classified test =
        new Evaluation(spark, model(run), images.dataset(), "test").classify();
    assertThat(test.result().samples()).isPositive();
    assertThat(test.examples()).isNotEmpty();
    String predictions = images.output("predictions").toString();
    assertThat(
            new Prediction(spark, model(run), images.collection(), predictions).run().predicted())
        .isEqualTo(48);
  }

  @Test
  void segmentsFromVolumesToMasks() throws IOException {
    TinyRuns volumes = TinyRuns.segmentation(spark, folder.resolve("volumes"));
    RunConfig run = volumes.config("run", "train.epochs=1", "sync.strategy=parameter-averaging");
    assertThat(train(run).epochs()).isEqualTo(1);
    Evaluation.Segmented test =
        new Evaluation(spark, model(run), volumes.dataset(), "test").segment();
    assertThat(test.result().volumes()).isPositive();
    assertThat(test.examples()).isNotEmpty();
    String input = volumes.collection() + "/images";
    String masks = volumes.output("masks").toString();
    assertThat(new Prediction(spark, model(run), input, masks).run().predicted()).isEqualTo(24);
  }

  @Test
  void shipsArraysBothWays() {
    INDArray whole = Nd4j.rand(DataType.FLOAT, 700, 1000);
    List<INDArray> arrays =
        List.of(
            whole,
            whole.get(NDArrayIndex.interval(3, 9), NDArrayIndex.interval(1, 7)),
            whole.get(NDArrayIndex.interval(0, 5), NDArrayIndex.interval(0, 4)).dup('f'),
            Nd4j.createFromArray(1.5, 2.5, -7.25).castTo(DataType.DOUBLE),
            Nd4j.createFromArray(new int[] {3, 1, 2}),
            Nd4j.scalar(4f));
    Broadcast<INDArray[]> broadcast = context().broadcast(arrays.toArray(INDArray[]::new));
    List<INDArray> back =
        context()
            .parallelize(List.of(0, 1, 2, 3, 4, 5), 2)
            .map(index -> broadcast.value()[index])
            .repartition(2)
            .collect();
    assertThat(back).hasSize(arrays.size()).containsAll(arrays);
    broadcast.destroy();
  }

  @Test
  void refusesWhatNobodyRegistered() {
    assertThatThrownBy(() -> context().broadcast(new Point(1, 2)))
        .hasMessageContaining("java.awt.Point");
  }

  private static final class Silent implements TrainingListener {
    @Override
    public void onStart(long step, long totalSteps) {}

    @Override
    public void onStep(long step, double meanLoss) {}

    @Override
    public void onEpoch(EpochRecord epoch, int epochs, boolean best) {}
  }
}
