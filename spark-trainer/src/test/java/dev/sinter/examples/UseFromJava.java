package dev.sinter.examples;

import dev.sinter.api.SinterDataset;
import dev.sinter.api.SinterEvaluation;
import dev.sinter.api.SinterModel;
import dev.sinter.api.SinterTrainer;
import dev.sinter.api.TrainedRun;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The code of docs/how-to/use-from-java.md: each block there is a part of this, in order. */
@SuppressWarnings("UnusedVariable")
final class UseFromJava {
  private UseFromJava() {}

  static TrainedRun train(SparkSession spark, String folder) {
    // [block]
    TrainedRun run =
        SinterTrainer.on(spark)
            .dataInput("samples/mednist")
            .dataOutput(folder + "/dataset")
            .dataSize(32, 32)
            .modelName("resnet20")
            .trainOutput(folder + "/run")
            .trainEpochs(2)
            .trainAugment(Map.of("flip-horizontal", true))
            .optimizerName("adamw")
            .optimizerLearningRate(0.002)
            .set("optimizer.clip-norm", 1.0)
            .onEpoch(epoch -> System.out.println(epoch.epoch() + ": " + epoch.validationMetric()))
            .train();
    // [end]
    return run;
  }

  static SinterEvaluation use(SparkSession spark, String folder) {
    // [block]
    SinterModel model = SinterModel.load(spark, folder + "/run");
    SinterEvaluation evaluation = model.evaluate(folder + "/dataset", "test");
    System.out.println(evaluation.metric() + " of " + model.classes());
    Dataset<Row> predictions = model.predict("samples/mednist/Hand", folder + "/predictions");
    predictions.groupBy("predicted_class").count().show();
    // [end]
    return evaluation;
  }

  static String look(SparkSession spark, TrainedRun run) {
    // [block]
    String curves = run.curvesHtml();
    String mistakesFirst = run.evaluation().examplesHtml(12);
    SinterDataset dataset = run.dataset();
    String images = dataset.examplesHtml("train", 8);
    run.historyTable().show();
    dataset.samples().createOrReplaceTempView("samples");
    spark.sql("SELECT split, label, count(*) FROM samples GROUP BY split, label").show();
    // [end]
    return curves + mistakesFirst + images;
  }

  static TrainedRun ownNetwork(SparkSession spark, String folder) {
    // [block]
    ComputationGraphConfiguration network =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .activation(Activation.RELU)
            .graphBuilder()
            .addInputs("image")
            .setInputTypes(InputType.convolutional(32, 32, 1))
            .addLayer(
                "convolution",
                new ConvolutionLayer.Builder(3, 3).nOut(8).stride(2, 2).build(),
                "image")
            .addLayer("mean", new GlobalPoolingLayer(PoolingType.AVG), "convolution")
            .addLayer(
                "classes",
                new OutputLayer.Builder(LossFunction.MCXENT)
                    .nOut(6)
                    .activation(Activation.SOFTMAX)
                    .build(),
                "mean")
            .setOutputs("classes")
            .build();
    TrainedRun run =
        SinterTrainer.on(spark)
            .dataOutput(folder + "/dataset")
            .dataSize(32, 32)
            .network(network)
            .trainOutput(folder + "/own")
            .trainEpochs(1)
            .train();
    // [end]
    return run;
  }
}
