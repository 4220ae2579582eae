package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;

/** Operations on sequences (samples, channels, steps). */
final class Sequences {
  private static final long STEPS = 2;

  /** (samples, channels, steps) to (samples, channels). */
  static final Unary LAST_STEP = (input, pass) -> input.select(STEPS, input.size(STEPS) - 1);

  /** (samples, channels, steps) to (samples * steps, channels). */
  static final Unary STEPS_AS_SAMPLES =
      (input, pass) -> input.dim() == 2 ? input : input.transpose(1, 2).flatten(0, 1);

  /** (samples * steps, channels) to (samples, channels, steps). */
  static final Unary SAMPLES_AS_STEPS =
      (input, pass) -> input.reshape(pass.samples(), -1, input.size(1)).transpose(1, 2);

  private Sequences() {}

  /** A window over the steps, for a sequence as an image of width 1. */
  static Window window(
      String vertex,
      int[] kernel,
      int[] stride,
      int[] padding,
      int[] dilation,
      ConvolutionMode mode) {
    return Window.of(
        vertex,
        new int[] {kernel[0], 1},
        new int[] {stride[0], 1},
        new int[] {padding[0], 0},
        new int[] {dilation[0], 1},
        mode);
  }

  /**
   * Treats a sequence as an image of width 1.
   *
   * @param operation what is done to the image
   */
  record AsImage(Unary operation) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      return operation.apply(input.unsqueeze(-1), pass).squeeze(-1);
    }
  }

  /**
   * One operation on the sequence, another one on its reverse.
   *
   * @param forward from the first step on
   * @param backward from the last step on
   * @param mode how both are combined
   */
  record BothDirections(Unary forward, Unary backward, Bidirectional.Mode mode) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      Tensor left = forward.apply(input, pass);
      Tensor right = backward.apply(input.flip(STEPS), pass).flip(STEPS);
      return switch (mode) {
        case ADD -> left.add(right);
        case MUL -> left.mul(right);
        case AVERAGE -> left.add(right).mul(new Scalar(0.5));
        case CONCAT -> {
          try (TensorVector both = new TensorVector(left, right)) {
            yield torch.cat(both, 1);
          }
        }
      };
    }
  }
}
