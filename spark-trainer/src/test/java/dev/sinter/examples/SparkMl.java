package dev.sinter.examples;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import dev.sinter.ml.PatientFolds;
import dev.sinter.ml.SinterClassifier;
import java.io.IOException;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The code of docs/how-to/spark-ml.md: each block there is a part of this, in order. */
final class SparkMl {
  private SparkMl() {}

  static Dataset<Row> frame(SparkSession spark) {
    // [block]
    Dataset<Row> images =
        spark
            .read()
            .format("binaryFile")
            .option("recursiveFileLookup", "true")
            .option("pathGlobFilter", "*.jpeg")
            .load("samples/mednist")
            .select(col("path"), expr("element_at(split(path, '/'), -2)").as("kind"))
            .where("kind IN ('Hand', 'HeadCT')")
            .withColumn("patient", expr("element_at(split(path, '/'), -1)"));
    // [end]
    return images;
  }

  static Dataset<Row> pipeline(Dataset<Row> images, String folder) throws IOException {
    // [block]
    StringIndexer indexer = new StringIndexer().setInputCol("kind").setOutputCol("label");
    SinterClassifier classifier =
        new SinterClassifier()
            .setInputCol("path")
            .setPatientCol("patient")
            .setWorkDir(folder + "/work")
            .setModelName("resnet20")
            .setTrainEpochs(1)
            .setConfiguration("data: {size: [16, 16]}");
    PipelineModel model =
        new Pipeline().setStages(new PipelineStage[] {indexer, classifier}).fit(images);
    Dataset<Row> predicted = model.transform(images);
    predicted.select("kind", "prediction", "probability").show(3, false);
    model.write().overwrite().save(folder + "/model");
    // [end]
    return predicted;
  }

  static CrossValidatorModel crossValidate(Dataset<Row> images, String folder) {
    // [block]
    Dataset<Row> folds =
        new PatientFolds()
            .setNumFolds(2)
            .transform(images.withColumn("label", expr("double(kind = 'Hand')")))
            .cache();
    SinterClassifier classifier =
        new SinterClassifier()
            .setPatientCol("patient")
            .setWorkDir(folder + "/folds")
            .setModelName("resnet20")
            .setTrainEpochs(1)
            .setConfiguration("data: {size: [16, 16]}");
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(classifier.optimizerLearningRate(), new double[] {0.001})
            .build();
    CrossValidatorModel best =
        new CrossValidator()
            .setEstimator(classifier)
            .setEstimatorParamMaps(grid)
            .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("accuracy"))
            .setNumFolds(2)
            .setFoldCol("fold")
            .fit(folds);
    // [end]
    return best;
  }
}
