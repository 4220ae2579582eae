package dev.sinter.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.TinyCollections;
import dev.sinter.trainer.cli.CommandResult;
import dev.sinter.trainer.spark.SinterKryoRegistrator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The same run by the command line and in somebody else's session. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SinterTrainerTest {
  @TempDir static Path folder;

  private static final List<Integer> EPOCHS = new ArrayList<>();
  private static final java.util.Comparator<Float> NEAR =
      (a, b) -> Math.abs(a - b) < 1e-6f ? 0 : Float.compare(a, b);

  private static JsonNode commandLine;
  private static SparkSession spark;
  private static TrainedRun trained;

  @BeforeAll
  static void train() throws Exception {
    TinyCollections.volumes(folder.resolve("collection"), 16, 16, 2);
    Path yaml = Files.writeString(folder.resolve("run.yaml"), yaml("by-command"));
    CommandResult result = CommandResult.of("train", yaml.toString(), "--json", "-");
    assertThat(result.exitCode()).as(result.errors()).isZero();
    commandLine = result.json();
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.kryo.registrator", SinterKryoRegistrator.class.getName())
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
    SparkConf before = spark.sparkContext().getConf();
    trained =
        SinterTrainer.on(spark)
            .dataInput(folder.resolve("collection").toString())
            .dataOutput(folder.resolve("dataset").toString())
            .dataTask("segmentation")
            .modelName("unet")
            .modelOptions(Map.of("depth", 2, "width", 4))
            .trainOutput(folder.resolve("by-builder").toString())
            .trainEpochs(2)
            .trainLanes(4)
            .trainMicroBatchSize(2)
            .optimizerName("adamw")
            .optimizerLearningRate(0.01)
            .enginePrecision("fp32")
            .clusterWorkers(2)
            .onEpoch(epoch -> EPOCHS.add(epoch.epoch()))
            .train();
    List<String> set = new ArrayList<>();
    for (var entry : spark.sparkContext().getConf().getAll()) {
      if (!before.contains(entry._1())) {
        set.add(entry._1());
      }
    }
    assertThat(set).isSubsetOf("spark.barrier.sync.timeout");
  }

  @AfterAll
  static void stop() {
    assertThat(spark.sparkContext().isStopped()).isFalse();
    spark.stop();
  }

  private static String yaml(String run) {
    return """
        data: {input: %s, output: %s, task: segmentation}
        model: {name: unet, options: {depth: 2, width: 4}}
        train: {epochs: 2, lanes: 4, micro-batch-size: 2, output: %s}
        optimizer: {name: adamw, learning-rate: 0.01}
        engine: {precision: fp32}
        cluster: {workers: 2}
        """
        .formatted(folder.resolve("collection"), folder.resolve("dataset"), folder.resolve(run));
  }

  @Test
  void givesTheBitsOfTheCommandLine() {
    String expected = commandLine.get("parameters_sha256").asText();
    assertThat(trained.training().parametersSha256()).isEqualTo(expected);
    assertThat(EPOCHS).containsExactly(1, 2);
    assertThat(trained.evaluation().metric())
        .isEqualTo(commandLine.at("/test/dice/mean_foreground").asDouble());
    assertThat(Path.of(java.net.URI.create(trained.report()))).content().contains("<html");
  }

  @Test
  void givesTheSameFromAFileWithOverrides() throws Exception {
    Path yaml = Files.writeString(folder.resolve("other.yaml"), yaml("unused"));
    TrainedRun run =
        SinterTrainer.on(spark)
            .set("train.output", folder.resolve("by-file").toString())
            .set("cluster.workers", 1)
            .configuration(yaml)
            .train();
    assertThat(run.training().parametersSha256()).isEqualTo(trained.training().parametersSha256());
    List<String> lines = new ArrayList<>();
    TrainedRun again =
        SinterTrainer.on(spark)
            .configuration(yaml)
            .trainOutput(run.output())
            .lines(lines::add)
            .train();
    assertThat(lines).anyMatch(line -> line.contains("already trained"));
    assertThat(again.history()).isEqualTo(run.history());
    assertThatThrownBy(
            () ->
                SinterTrainer.on(spark)
                    .configuration(yaml)
                    .trainOutput(run.output())
                    .anew()
                    .train())
        .extracting(e -> ((SinterException) e).code())
        .isEqualTo("OUTPUT_HAS_CHECKPOINTS");
  }

  @Test
  void loadsEvaluatesAndPredicts() {
    SinterModel model = SinterModel.load(spark, trained.output());
    assertThat(model.task()).isEqualTo("segmentation");
    assertThat(model.classes()).hasSize(2);
    SinterEvaluation evaluation = model.evaluate(trained.dataset().location(), "test");
    assertThat(evaluation.metric()).isEqualTo(trained.evaluation().metric());
    assertThat(evaluation.classTable().columns()).containsExactly("class", "dice", "iou", "hd95");
    ComputationGraph graph = model.network();
    assertThat(graph.numParams()).isPositive();
    assertThat(graph.params().data().asFloat())
        .isEqualTo(model.network().params().data().asFloat());
    Dataset<Row> masks =
        model.predict(
            folder.resolve("collection/images").toString(), folder.resolve("masks").toString());
    assertThat(masks.count()).isEqualTo(16);
    Dataset<Row> files =
        spark.read().format("binaryFile").load(folder.resolve("collection/images").toString());
    for (Row row : model.predict(files, "content").limit(2).collectAsList()) {
      String name = Path.of(java.net.URI.create(row.getAs("path"))).getFileName().toString();
      assertThat(row.<byte[]>getAs("prediction"))
          .isEqualTo(bytes(folder.resolve("masks").resolve(name)));
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void drawsAndTabulates() {
    assertThat(trained.curvesSvg()).startsWith("<svg").contains("mean foreground Dice");
    assertThat(trained.curvesHtml()).startsWith("<img ").contains("data:image/svg+xml;base64,");
    SinterModel last = SinterModel.load(spark, trained.training().checkpoint());
    assertThat(last.curvesSvg()).isEqualTo(trained.curvesSvg());
    assertThat(trained.historyTable().count()).isEqualTo(2);
    String masks = trained.evaluation().examplesHtml(2);
    assertThat(masks.split("<figure", -1)).hasSize(3);
    assertThat(masks.split("<img", -1)).as("image, truth and model each").hasSize(7);
    SinterDataset dataset = trained.dataset();
    assertThat(dataset.examplesHtml("train", 3).split("<img", -1)).hasSize(7);
    dataset.samples().createOrReplaceTempView("samples");
    Row counted =
        spark.sql("select count(*), count(distinct patient) from samples").collectAsList().get(0);
    assertThat(counted.getLong(0)).isEqualTo(32);
    assertThat(counted.getLong(1)).isEqualTo(16);
    assertThat(dataset.splitTable().count()).isEqualTo(6);
  }

  @Test
  void tellsAllProblemsAtOnce() {
    assertThatThrownBy(
            () ->
                SinterTrainer.on(spark)
                    .modelName("resnet19")
                    .trainEpochs(0)
                    .set("train.epoch", 3)
                    .train())
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("model.name: there is no model 'resnet19'; did you mean")
        .hasMessageContaining("train.epochs: 0 is not within 1")
        .hasMessageContaining("train.epoch:")
        .hasMessageContaining("data.output: is missing")
        .hasMessageContaining("train.output: is missing");
  }

  /** More workers than the session has slots would wait in vain. */
  @Test
  void refusesASessionThatIsTooSmall() {
    assertThatThrownBy(
            () -> SinterTrainer.on(spark).configuration(yaml("too-many")).clusterWorkers(4).train())
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("local[2] runs 2 task(s) at once, fewer than cluster.workers (4)");
    assertThat(folder.resolve("too-many")).doesNotExist();
  }

  @Test
  void namesEverySettingOfTheSession() {
    SparkConf conf = spark.sparkContext().conf();
    conf.set("spark.dynamicAllocation.enabled", "true");
    conf.set("spark.kryo.registrationRequired", "true");
    conf.remove("spark.kryo.registrator");
    try {
      assertThatThrownBy(() -> SinterTrainer.on(spark).configuration(yaml("unsuitable")).train())
          .isInstanceOfSatisfying(
              SinterException.class,
              e ->
                  assertThat(e.remedy())
                      .contains("spark.dynamicAllocation.enabled=false")
                      .contains("spark.kryo.registrator=" + SinterKryoRegistrator.class.getName()));
    } finally {
      conf.remove("spark.dynamicAllocation.enabled");
      conf.remove("spark.kryo.registrationRequired");
      conf.set("spark.kryo.registrator", SinterKryoRegistrator.class.getName());
    }
    assertThat(folder.resolve("unsuitable")).doesNotExist();
  }

  /** DL4J's own changes of a trained network, trained on from its weights. */
  @Test
  void trainsANetworkAfterSurgery() {
    ComputationGraph changed =
        new TransferLearning.GraphBuilder(trained.model().network())
            .fineTuneConfiguration(new FineTuneConfiguration.Builder().seed(3).build())
            .build();
    SinterTrainer trainer =
        SinterTrainer.on(spark)
            .dataOutput(folder.resolve("dataset").toString())
            .dataTask("segmentation")
            .network(changed)
            .trainOutput(folder.resolve("changed").toString())
            .trainEpochs(1)
            .trainMicroBatchSize(2)
            .optimizerLearningRate(1e-12)
            .enginePrecision("fp32");
    TrainedRun run = trainer.train();
    assertThat(run.model().name()).isEqualTo("custom");
    String weights =
        changed.paramTable().keySet().stream()
            .filter(key -> key.endsWith("_W"))
            .findFirst()
            .orElseThrow();
    float[] before = trained.model().network().getParam(weights).data().asFloat();
    float[] after = run.model().network().getParam(weights).data().asFloat();
    assertThat(after).usingElementComparator(NEAR).containsExactly(before);
    assertThat(trainer.train().training().parametersSha256())
        .isEqualTo(run.training().parametersSha256());
    assertThatThrownBy(
            () ->
                SinterTrainer.on(spark)
                    .dataOutput(folder.resolve("dataset").toString())
                    .dataTask("segmentation")
                    .network(ofThreeChannels())
                    .trainOutput(folder.resolve("misfit").toString())
                    .train())
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("takes 3 channels, the samples have 1");
  }

  private static ComputationGraphConfiguration ofThreeChannels() {
    return new NeuralNetConfiguration.Builder()
        .graphBuilder()
        .addInputs("image")
        .setInputTypes(InputType.convolutional(16, 16, 3))
        .addLayer("scores", new ConvolutionLayer.Builder(1, 1).nOut(2).build(), "image")
        .addLayer(
            "classes",
            new CnnLossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build(),
            "scores")
        .setOutputs("classes")
        .build();
  }
}
