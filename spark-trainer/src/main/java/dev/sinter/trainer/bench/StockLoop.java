package dev.sinter.trainer.bench;

import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import java.util.Arrays;
import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/** DL4J as it comes: its own executor, workspaces and updater. */
final class StockLoop implements StepLoop {
  private static final double MOMENTUM = 0.9;

  private final ComputationGraph graph;
  private final MultiDataSet batch;

  StockLoop(StepCase step) {
    ModelSpec spec = step.spec();
    ComputationGraphConfiguration configuration = ModelRegistry.configuration(spec);
    for (GraphVertex vertex : configuration.getVertices().values()) {
      if (vertex instanceof LayerVertex layer
          && layer.getLayerConf().getLayer() instanceof BaseLayer trained) {
        trained.setIUpdater(new Nesterovs(SinterLoop.LEARNING_RATE, MOMENTUM));
      }
    }
    graph = new ComputationGraph(configuration);
    graph.init();
    INDArray inputs =
        Nd4j.randn(step.microBatchSize(), spec.channels(), spec.height(), spec.width());
    INDArray[] labels = new INDArray[configuration.getNetworkOutputs().size()];
    Arrays.fill(labels, labels(step, spec));
    batch = new MultiDataSet(new INDArray[] {inputs}, labels);
  }

  private static INDArray labels(StepCase step, ModelSpec spec) {
    Random random = new Random(1);
    int pixels = step.hasMasks() ? spec.height() * spec.width() : 1;
    float[] oneHot = new float[step.microBatchSize() * spec.classes() * pixels];
    for (int sample = 0; sample < step.microBatchSize(); sample++) {
      for (int pixel = 0; pixel < pixels; pixel++) {
        int label = random.nextInt(spec.classes());
        oneHot[(sample * spec.classes() + label) * pixels + pixel] = 1;
      }
    }
    long[] shape =
        step.hasMasks()
            ? new long[] {step.microBatchSize(), spec.classes(), spec.height(), spec.width()}
            : new long[] {step.microBatchSize(), spec.classes()};
    return Nd4j.create(oneHot, shape, 'c');
  }

  @Override
  public void step() {
    graph.fit(batch);
  }

  @Override
  public void close() {
    graph.clear();
  }
}
