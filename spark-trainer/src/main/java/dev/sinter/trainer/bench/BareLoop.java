package dev.sinter.trainer.bench;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Training as somebody would write it by hand on libtorch: one batch, made once, and torch's own
 * SGD.
 */
final class BareLoop implements StepLoop {
  private static final double MOMENTUM = 0.9;

  private final BareLayers layers;
  private final BareLayers.Layer network;
  private final SGD optimizer;
  private final Tensor images;
  private final Tensor labels;

  BareLoop(StepCase step) {
    torch.set_num_threads(step.threads());
    torch.manual_seed(1);
    BareLayers.Style style =
        step.engine() == StepEngine.LIBTORCH_BARE
            ? BareLayers.Style.TUNED
            : BareLayers.Style.DEFAULT;
    layers = new BareLayers(style, step.precision());
    network = BareNetworks.build(step.model(), layers, step.channels(), step.classes());
    SGDOptions options = new SGDOptions(SinterLoop.LEARNING_RATE);
    options.momentum().put(MOMENTUM);
    optimizer = new SGD(new TensorVector(layers.parameters().toArray(new Tensor[0])), options);
    images =
        layers.input(torch.randn(step.microBatchSize(), step.channels(), step.size(), step.size()));
    long[] shape =
        step.hasMasks()
            ? new long[] {step.microBatchSize(), step.size(), step.size()}
            : new long[] {step.microBatchSize()};
    labels = torch.rand(shape).mul(new Scalar(step.classes())).to(ScalarType.Long);
  }

  @Override
  public void step() {
    loss();
  }

  /** One step; its loss is awaited, as a loop that reports it would. */
  @SuppressWarnings("try")
  double loss() {
    try (PointerScope scope = new PointerScope()) {
      layers.startStep();
      Tensor logits = network.apply(images);
      Tensor loss = torch.cross_entropy_loss(logits.to(ScalarType.Float), labels);
      logits.close();
      loss.backward();
      optimizer.step();
      optimizer.zero_grad();
      return loss.item_double();
    }
  }

  @Override
  public void close() {
    optimizer.close();
  }
}
