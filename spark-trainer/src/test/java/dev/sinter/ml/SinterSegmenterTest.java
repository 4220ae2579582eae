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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Masks in and out of a DataFrame. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SinterSegmenterTest {
  @TempDir static Path folder;

  @Test
  void learnsMasksAndPredictsThem() throws Exception {
    TinyCollections.squares(folder.resolve("squares"), 24, 16);
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.kryo.registrator", SinterKryoRegistrator.class.getName())
            .config("spark.kryo.registrationRequired", "true")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate()) {
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
  }
}
