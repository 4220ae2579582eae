package dev.sinter.trainer.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * Measures rounds of DL4J's parameter averaging: parameters are broadcast, every worker makes one
 * step of one sample with a single dense layer, and the mean goes through the driver.
 */
final class Dl4jAveraging {
  private static final int WARM_UP_ROUNDS = 1;

  private Dl4jAveraging() {}

  /** What was measured, from the driver; it knows neither bytes nor processor time. */
  static SyncMeasurement measure(JavaSparkContext spark, SyncCase sync) {
    int outputs = (int) Math.sqrt(sync.floats());
    int inputs = Math.max(1, sync.floats() / outputs - 1); // and one bias for each output
    JavaRDD<DataSet> samples = spark.parallelize(samples(sync.workers(), inputs, outputs)).cache();
    SparkComputationGraph graph =
        new SparkComputationGraph(
            spark, network(inputs, outputs), averagingOfOneStep(sync.workers()));
    List<SyncMeasurement.Round> rounds = new ArrayList<>();
    for (int round = 1; round <= WARM_UP_ROUNDS + sync.rounds(); round++) {
      long started = System.nanoTime();
      graph.fit(samples);
      long nanos = System.nanoTime() - started;
      if (round > WARM_UP_ROUNDS) {
        rounds.add(new SyncMeasurement.Round(nanos, 0, 0, 0));
      }
    }
    return new SyncMeasurement(rounds, 0);
  }

  private static List<DataSet> samples(int workers, int inputs, int outputs) {
    Random random = new Random(1);
    List<DataSet> samples = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      samples.add(
          new DataSet(
              Nd4j.randn(1, inputs),
              Nd4j.zeros(1, outputs).putScalar(0, random.nextInt(outputs), 1)));
    }
    return samples;
  }

  private static ComputationGraphConfiguration network(int inputs, int outputs) {
    return new NeuralNetConfiguration.Builder()
        .updater(new Sgd(0.1))
        .graphBuilder()
        .addInputs("input")
        .addLayer(
            "output",
            new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .nIn(inputs)
                .nOut(outputs)
                .build(),
            "input")
        .setOutputs("output")
        .build();
  }

  private static ParameterAveragingTrainingMaster averagingOfOneStep(int workers) {
    return new ParameterAveragingTrainingMaster.Builder(workers, 1)
        .batchSizePerWorker(1)
        .averagingFrequency(1)
        .rddTrainingApproach(RDDTrainingApproach.Direct)
        .build();
  }
}
