package dev.sinter.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.TinyCollections;
import dev.sinter.trainer.spark.SinterKryoRegistrator;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.mllib.util.MLUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Spark ML's own pipelines, evaluators and cross-validation around a classifier. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SinterClassifierTest {
  @TempDir static Path folder;

  private static SparkSession spark;
  private static Dataset<Row> images;
  private static PipelineModel model;

  @BeforeAll
  static void start() throws Exception {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.kryo.registrator", SinterKryoRegistrator.class.getName())
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
    TinyCollections.classes(folder.resolve("collection"), 24, 16);
    images =
        spark
            .read()
            .format("binaryFile")
            .option("recursiveFileLookup", "true")
            .load(folder.resolve("collection").toString())
            .select(
                col("path"),
                col("content"),
                expr("regexp_extract(path, '([a-z]+)/[0-9]+.png', 1)").as("finding"),
                expr("regexp_extract(path, '([0-9]+).png', 1)").as("patient"));
    model = pipeline(classifier()).fit(images);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static SinterClassifier classifier() {
    return new SinterClassifier()
        .setInputCol("content")
        .setWorkDir(folder.resolve("work").toString())
        .setPatientCol("patient")
        .setModelName("resnet18")
        .setTrainMicroBatchSize(2)
        .setTrainEpochs(2)
        .setOptimizerLearningRate(0.02)
        .setDataSplitVal(0.25)
        .setEnginePrecision("fp32")
        .setConfiguration("model: {options: {stem: small}}");
  }

  private static Pipeline pipeline(PipelineStage last) {
    StringIndexer indexer = new StringIndexer().setInputCol("finding").setOutputCol("label");
    return new Pipeline().setStages(new PipelineStage[] {indexer, last});
  }

  private static List<String> probabilities(Dataset<Row> predicted) {
    return predicted
        .orderBy("path")
        .select("path", "probability", "prediction")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }

  @Test
  void predictsTheSameAfterLoading() throws Exception {
    Dataset<Row> predicted = model.transform(images);
    assertThat(predicted.columns()).endsWith("label", "rawPrediction", "probability", "prediction");
    assertThat(
            new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(predicted))
        .isGreaterThan(0.5);
    List<String> before = probabilities(predicted);
    String saved = folder.resolve("saved").toString();
    model.write().overwrite().save(saved);
    assertThat(probabilities(PipelineModel.load(saved).transform(images))).isEqualTo(before);
    assertThat(probabilities(model.copy(ParamMap.empty()).transform(images))).isEqualTo(before);
    assertThat(leftovers("work")).containsExactly("run");
  }

  /** As it is of vectors in SinterSegmenterTest. */
  @Test
  @Tag("full")
  void isTheSameOfOtherPartitions() {
    PipelineModel other =
        pipeline(classifier().setWorkDir(folder.resolve("other").toString()))
            .fit(images.repartition(3));
    assertThat(probabilities(other.transform(images)))
        .isEqualTo(probabilities(model.transform(images)));
  }

  private static List<String> leftovers(String work) throws Exception {
    try (Stream<Path> fits = java.nio.file.Files.list(folder.resolve(work))) {
      Path fit = fits.findFirst().orElseThrow();
      try (Stream<Path> left = java.nio.file.Files.list(fit)) {
        return left.map(path -> path.getFileName().toString())
            .filter(n -> !n.startsWith("."))
            .toList();
      }
    }
  }

  @Test
  void crossValidatesByPatient() {
    Dataset<Row> rows =
        new PatientFolds()
            .setNumFolds(2)
            .setSalt("of this study")
            .transform(
                spark
                    .range(64)
                    .select(
                        expr("concat('p', id div 4)").as("patient"),
                        expr("cast(id % 7 as float)").as("a"),
                        expr("cast(id % 5 as double)").as("b"),
                        expr("cast(id % 7 > 3 as double)").as("label")));
    Dataset<Row> vectors =
        new VectorAssembler()
            .setInputCols(new String[] {"a", "b"})
            .setOutputCol("features")
            .transform(rows)
            .cache();
    StructType withoutFold = vectors.drop("fold").schema();
    for (var fold : MLUtils.kFold(vectors, 2, "fold")) {
      Set<Row> train = patients(spark.createDataFrame(fold._1(), withoutFold));
      Set<Row> val = patients(spark.createDataFrame(fold._2(), withoutFold));
      assertThat(train).isNotEmpty().doesNotContainAnyElementsOf(val);
      assertThat(train.size() + val.size()).isEqualTo(16);
    }
    SinterClassifier classifier =
        new SinterClassifier()
            .setInputCol("features")
            .setPatientCol("patient")
            .setWorkDir(folder.resolve("folds").toString())
            .setModelName("skip-mlp")
            .setConfiguration("model: {options: {depth: 1, width: 8}}")
            .setTrainMicroBatchSize(2)
            .setTrainEpochs(1)
            .setDataSplitVal(0.25)
            .setClusterWorkers(1);
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(classifier.optimizerLearningRate(), new double[] {0.01})
            .build();
    CrossValidatorModel model =
        new CrossValidator()
            .setEstimator(classifier)
            .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("accuracy"))
            .setEstimatorParamMaps(grid)
            .setNumFolds(2)
            .setFoldCol("fold")
            .fit(vectors);
    assertThat(model.avgMetrics()[0]).isBetween(0.3, 1.0);
    assertThat(model.transform(vectors).count()).isEqualTo(64);
  }

  private static Set<Row> patients(Dataset<Row> rows) {
    return new HashSet<>(rows.select("patient").collectAsList());
  }

  @Test
  void foldsDependOnPatientAndSaltAlone() {
    Dataset<Row> one = images.select("patient").distinct();
    Dataset<Row> two = one.union(one.limit(3)).repartition(5);
    PatientFolds folds = new PatientFolds().setNumFolds(4);
    Set<Row> first = new HashSet<>(folds.transform(one).collectAsList());
    assertThat(new HashSet<>(folds.transform(two).collectAsList())).isEqualTo(first);
    assertThat(first.stream().map(row -> row.getInt(1))).containsOnly(0, 1, 2, 3);
    assertThat(
            new HashSet<>(folds.copy(ParamMap.empty()).setSalt("x").transform(one).collectAsList()))
        .isNotEqualTo(first);
  }

  @Test
  void defaultsAreTheConfigurations() {
    SinterClassifier classifier = new SinterClassifier();
    assertThat(classifier.getOrDefault(classifier.trainEpochs())).isEqualTo(10);
    assertThat(classifier.getOrDefault(classifier.syncStrategy())).isEqualTo("gradient-sharing");
    assertThat(classifier.params()).allSatisfy(p -> assertThat(p.doc()).isNotEmpty());
    assertThat(classifier.explainParams()).contains("trainEpochs", "(default: 10)");
  }

  @Test
  void explainsWhatIsWrong() {
    Dataset<Row> labelled = images.withColumn("label", lit(0.5));
    assertThatThrownBy(() -> classifier().fit(labelled))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("column label holds values that are no whole numbers");
    assertThatThrownBy(() -> classifier().setLabelCol("finding").fit(images))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("column finding is of type string");
    assertThatThrownBy(() -> classifier().setInputCol("picture").fit(labelled))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("there is no column 'picture'");
    assertThatThrownBy(
            () ->
                classifier()
                    .setTrainEpochs(0)
                    .setModelName("resnet")
                    .fit(labelled.withColumn("label", lit(1))))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("train.epochs: 0")
        .hasMessageContaining("model.name: there is no model 'resnet'");
  }

  @Test
  void treatsUnreadableRowsAsAsked() {
    SinterClassificationModel model =
        ((SinterClassificationModel) SinterClassifierTest.model.stages()[1]).copy(ParamMap.empty());
    Dataset<Row> damaged =
        images
            .limit(4)
            .withColumn(
                "content", expr("if(patient = '001', cast('no image' as binary), content)"));
    long bad = damaged.where("patient = '001'").count();
    assertThat(model.setHandleInvalid("skip").transform(damaged).count()).isEqualTo(4 - bad);
    assertThat(
            model.setHandleInvalid("keep").transform(damaged).where("prediction is null").count())
        .isEqualTo(bad);
    assertThatThrownBy(() -> model.setHandleInvalid("error").transform(damaged).collectAsList())
        .isInstanceOf(SparkException.class)
        .hasMessageContaining("of partition");
  }
}
