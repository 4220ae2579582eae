package dev.sinter.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.trainer.TinyCollections;
import dev.sinter.trainer.spark.SinterKryoRegistrator;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Masks and rows in and out of a DataFrame, in a session that ships registered classes only. Spark's own
 * StringIndexer and CrossValidator ship others.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SinterSegmenterTest {
  @TempDir static Path folder;

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.kryo.registrator", SinterKryoRegistrator.class.getName())
            .config("spark.kryo.registrationRequired", "true")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void learnsMasksAndPredictsThem() throws Exception {
    TinyCollections.squares(folder.resolve("squares"), 24, 16);
    Dataset<Row> images =
        spark
            .read()
            .format("binaryFile")
            .load(folder.resolve("squares/images").toString())
            .select(
                functions.col("path"),
                functions
                    .regexp_replace(functions.col("path"), "/images/", "/labels/")
                    .as("mask"));
    SinterSegmentationModel model =
        new SinterSegmenter()
            .setWorkDir(folder.resolve("work").toString())
            .setModelName("unet")
            .setConfiguration("{model: {options: {depth: 2, width: 4}}}")
            .setTrainMicroBatchSize(2)
            .setTrainEpochs(8)
            .setDataSplitVal(0.25)
            .setOptimizerName("adamw")
            .setOptimizerLearningRate(0.03)
            .fit(images);
    List<Row> predicted = model.transform(images).orderBy("path").collectAsList();
    assertThat(predicted).hasSize(24);
    double sum = 0;
    for (Row row : predicted) {
      BufferedImage mask =
          ImageIO.read(new ByteArrayInputStream(row.<byte[]>getAs("prediction")));
      BufferedImage truth = ImageIO.read(java.net.URI.create(row.getAs("mask")).toURL());
      assertThat(mask.getWidth()).isEqualTo(16);
      Set<Integer> values = new HashSet<>();
      double both = 0;
      double areas = 0;
      for (int i = 0; i < 256; i++) {
        int value = mask.getRaster().getSample(i % 16, i / 16, 0);
        values.add(value);
        int expected = truth.getRaster().getSample(i % 16, i / 16, 0);
        both += value == 255 && expected == 255 ? 1 : 0;
        areas += value / 255 + expected / 255;
      }
      assertThat(values).isSubsetOf(0, 255);
      sum += 2 * both / areas;
    }
    double dice = new DiceEvaluator().evaluate(model.transform(images));
    assertThat(dice).isGreaterThan(0.5).isCloseTo(sum / 24, within(1e-9));
    String saved = folder.resolve("saved").toString();
    model.write().save(saved);
    List<Row> again =
        SinterSegmentationModel.load(saved).transform(images).orderBy("path").collectAsList();
    for (int i = 0; i < again.size(); i++) {
      assertThat(again.get(i).<byte[]>getAs("prediction"))
          .isEqualTo(predicted.get(i).<byte[]>getAs("prediction"));
    }
  }

  /** The columns of a vector are those of a table. */
  @Test
  void learnsRows() throws Exception {
    Dataset<Row> rows =
        spark
            .range(96)
            .select(
                functions.expr("concat('p', id div 2)").as("patient"),
                functions.expr("cast(id % 7 > 3 as int)").as("label"),
                functions.expr("array(cast(id % 7 as float), 0.1 * (id % 5))").as("array"))
            .withColumn(
                "features",
                org.apache.spark.ml.functions.array_to_vector(functions.col("array")));
    SinterClassifier classifier =
        new SinterClassifier()
            .setInputCol("features")
            .setPatientCol("patient")
            .setWorkDir(folder.resolve("rows").toString())
            .setModelName("skip-mlp")
            .setConfiguration("model: {options: {depth: 1, width: 16}}")
            .setTrainEpochs(8)
            .setTrainMicroBatchSize(2)
            .setOptimizerName("adamw")
            .setOptimizerLearningRate(0.01)
            .setClusterWorkers(1);
    List<Row> predicted =
        classifier.fit(rows).transform(rows).orderBy("patient", "features").collectAsList();
    long right =
        predicted.stream()
            .filter(row -> row.<Integer>getAs("label") == row.<Double>getAs("prediction").intValue())
            .count();
    assertThat(right).isGreaterThan(70);
    List<Row> again =
        classifier
            .fit(rows.repartition(5))
            .transform(rows)
            .orderBy("patient", "features")
            .collectAsList();
    assertThat(again).as("of other partitions").isEqualTo(predicted);
  }
}
