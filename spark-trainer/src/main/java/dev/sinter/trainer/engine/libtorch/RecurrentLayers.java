package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/** Layers on sequences (samples, channels, steps). */
final class RecurrentLayers {
  private RecurrentLayers() {}

  static Optional<Unary> translate(LayerSite site, Layer layer) {
    Class<?> type = layer.getClass();
    if (type == LSTM.class) {
      LSTM lstm = (LSTM) layer;
      Preprocessors.requireChannelsFirst(site, lstm.getRnnDataFormat());
      if (!(lstm.getActivationFn() instanceof ActivationTanH)
          || !(lstm.getGateActivationFn() instanceof ActivationSigmoid)) {
        throw site.refusal(
            "an LSTM with activation "
                + lstm.getActivationFn()
                + " and gates "
                + lstm.getGateActivationFn());
      }
      return Optional.of(
          new LongShortTerm(site.parameter("W"), site.parameter("RW"), site.parameter("b")));
    }
    if (type == RnnOutputLayer.class) {
      RnnOutputLayer output = (RnnOutputLayer) layer;
      Preprocessors.requireChannelsFirst(site, output.getRnnDataFormat());
      Dense dense = new Dense(site.weights("W", output.hasBias()));
      return Optional.of((input, pass) -> dense.apply(input.transpose(1, 2), pass).transpose(1, 2));
    }
    return Optional.empty();
  }

  /**
   * An LSTM that starts from zero.
   *
   * @param inputWeights (4 * out, in), gates in DL4J's order: block input, forget, output, input
   * @param recurrentWeights (4 * out, out)
   * @param bias (4 * out)
   */
  record LongShortTerm(Parameter inputWeights, Parameter recurrentWeights, Parameter bias)
      implements Unary {
    private static final boolean HAS_BIASES = true;
    private static final boolean ONE_DIRECTION = false;
    private static final boolean SAMPLES_FIRST = true;

    @Override
    public Tensor apply(Tensor input, Pass pass) {
      Tensor recurrent = working(recurrentWeights, input);
      Tensor biases = working(bias, input);
      long units = recurrent.size(1);
      Tensor zeros = torch.zeros(new long[] {1, input.size(0), units}, input.options());
      try (TensorVector state = new TensorVector(zeros, zeros);
          TensorVector weights =
              new TensorVector(
                  working(inputWeights, input), recurrent, biases, torch.zeros_like(biases))) {
        return torch
            .lstm(
                input.transpose(1, 2).contiguous(),
                state,
                weights,
                HAS_BIASES,
                1,
                0,
                pass.isTraining(),
                ONE_DIRECTION,
                SAMPLES_FIRST)
            .get0()
            .transpose(1, 2);
      }
    }

    /** In the input's format and in torch's order of gates: input, forget, block input, output. */
    private static Tensor working(Parameter parameter, Tensor input) {
      Tensor value = parameter.value().to(input.scalar_type());
      long units = value.size(0) / 4;
      try (TensorVector gates =
          new TensorVector(
              value.narrow(0, 3 * units, units),
              value.narrow(0, units, units),
              value.narrow(0, 0, units),
              value.narrow(0, 2 * units, units))) {
        return torch.cat(gates, 0);
      }
    }
  }
}
