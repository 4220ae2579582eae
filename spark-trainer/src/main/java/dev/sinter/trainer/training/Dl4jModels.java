package dev.sinter.trainer.training;

import dev.sinter.trainer.config.OptimizerConfig;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.parameterserver.training.SharedTrainingMaster;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.parameterserver.distributed.conf.VoidConfiguration;

/** A run's network and strategy in DL4J's own terms. */
final class Dl4jModels {
  private Dl4jModels() {}

  /** The network's configuration with the optimizer, which Sinter itself keeps outside of it. */
  static ComputationGraphConfiguration configured(Network network, OptimizerConfig optimizer) {
    ComputationGraphConfiguration configuration = network.configuration();
    for (GraphVertex vertex : configuration.getVertices().values()) {
      if (vertex instanceof LayerVertex layers
          && layers.getLayerConf().getLayer() instanceof BaseLayer layer) {
        layer.setIUpdater(updater(optimizer));
        layer.setRegularization(decay(optimizer));
        layer.setRegularizationBias(new ArrayList<>());
      }
    }
    return configuration;
  }

  private static IUpdater updater(OptimizerConfig optimizer) {
    double rate = optimizer.learningRate();
    if (optimizer.name().equals("sgd")) {
      return optimizer.momentum() > 0 ? new Nesterovs(rate, optimizer.momentum()) : new Sgd(rate);
    }
    OptimizerSettings settings = OptimizerSettings.of(optimizer.name(), rate);
    return new Adam(rate, settings.beta1(), settings.beta2(), settings.epsilon());
  }

  private static List<Regularization> decay(OptimizerConfig optimizer) {
    List<Regularization> decay = new ArrayList<>();
    if (optimizer.weightDecay() > 0) {
      decay.add(
          optimizer.name().equals("adamw")
              ? new WeightDecay(optimizer.weightDecay(), true)
              : new L2Regularization(optimizer.weightDecay()));
    }
    return decay;
  }

  /**
   * The master of a strategy.
   *
   * @param batchSize samples of a worker's part of the global batch
   */
  static TrainingMaster<?, ?> master(JavaSparkContext spark, RunConfig run, int batchSize) {
    int workers = run.cluster().workers();
    if (run.sync().strategy().equals(Dl4jTraining.PARAMETER_AVERAGING)) {
      return new ParameterAveragingTrainingMaster.Builder(workers, batchSize)
          .batchSizePerWorker(batchSize)
          .averagingFrequency(run.sync().averageEverySteps())
          .saveUpdater(true)
          .rngSeed(run.train().seed())
          .rddTrainingApproach(RDDTrainingApproach.Direct)
          .storageLevel(StorageLevel.MEMORY_AND_DISK_SER())
          .build();
    }
    System.setProperty(Dl4jRequirements.AERON_TIMEOUT, Dl4jRequirements.AERON_TIMEOUT_NANOS);
    VoidConfiguration.VoidConfigurationBuilder network =
        VoidConfiguration.builder()
            .controllerAddress(spark.getConf().get("spark.driver.host", "127.0.0.1"));
    if (spark.getConf().contains(Dl4jRequirements.NETWORK_MASK)) {
      network.networkMask(spark.getConf().get(Dl4jRequirements.NETWORK_MASK));
    }
    return new SharedTrainingMaster.Builder(network.build(), batchSize)
        .batchSizePerWorker(batchSize)
        .workersPerNode(spark.isLocal() ? workers : Math.max(1, workers / hosts(spark)))
        .rngSeed(run.train().seed())
        .rddTrainingApproach(RDDTrainingApproach.Direct)
        .storageLevel(StorageLevel.MEMORY_AND_DISK_SER())
        .build();
  }

  private static int hosts(JavaSparkContext spark) {
    return Math.max(1, spark.sc().statusTracker().getExecutorInfos().length - 1);
  }
}
