package dev.sinter.trainer.engine.libtorch;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;

/** Vertices with several inputs. */
final class Combinations {
  private Combinations() {}

  static Operation elementWise(ElementWiseVertex.Op op) {
    return switch (op) {
      case Add -> new Sum();
      case Subtract -> new Fold(Tensor::sub);
      case Product -> new Fold(Tensor::mul);
      case Max -> new Fold(Tensor::maximum);
      case Average -> new Average();
    };
  }

  /**
   * One input after another.
   *
   * @param operator combines two
   */
  record Fold(BinaryOperator<Tensor> operator) implements Operation {
    @Override
    public Tensor apply(List<Tensor> inputs, Pass pass) {
      Tensor combined = inputs.get(0);
      for (Tensor input : inputs.subList(1, inputs.size())) {
        combined = operator.apply(combined, input);
      }
      return combined;
    }
  }

  /** Sum of all inputs, from the first on; its backward pass reads none of them. */
  record Sum() implements Operation {
    @Override
    public Tensor apply(List<Tensor> inputs, Pass pass) {
      return sum(inputs);
    }

    @Override
    public boolean leavesOutputFree() {
      return true;
    }

    private static Tensor sum(List<Tensor> inputs) {
      Tensor sum = inputs.get(0);
      for (Tensor input : inputs.subList(1, inputs.size())) {
        sum = sum.add(input);
      }
      // Of one input it would be that input itself, which is not free.
      return inputs.size() == 1 ? sum.clone() : sum;
    }

    private static boolean haveSameShape(List<Tensor> inputs) {
      long[] shape = inputs.get(0).shape();
      return inputs.stream().allMatch(input -> Arrays.equals(shape, input.shape()));
    }

    @Override
    public Optional<Operation> overwriting(int input) {
      // The first two may be swapped without a change of bits, the rest may not.
      return input > 1
          ? Optional.empty()
          : Optional.of((inputs, pass) -> addInPlace(inputs, input));
    }

    private static Tensor addInPlace(List<Tensor> inputs, int overwritten) {
      if (!haveSameShape(inputs)) {
        return sum(inputs); // broadcasts: the sum may be larger
      }
      Tensor sum = inputs.get(overwritten);
      for (int i = 0; i < inputs.size(); i++) {
        if (i != overwritten) {
          sum.add_(inputs.get(i));
        }
      }
      return sum;
    }
  }

  /** Mean of all inputs. */
  record Average() implements Operation {
    @Override
    public Tensor apply(List<Tensor> inputs, Pass pass) {
      return new Fold(Tensor::add).apply(inputs, pass).div(new Scalar((double) inputs.size()));
    }
  }

  /**
   * Inputs side by side.
   *
   * @param dimension 1 for channels
   */
  record Merge(long dimension) implements Operation {
    @Override
    public boolean leavesOutputFree() {
      return true;
    }

    @Override
    public Tensor apply(List<Tensor> inputs, Pass pass) {
      try (TensorVector all = new TensorVector(inputs.toArray(Tensor[]::new))) {
        return torch.cat(all, dimension);
      }
    }
  }

  /** A vector at every step of a sequence, the second input. */
  record Repeat() implements Operation {
    @Override
    public Tensor apply(List<Tensor> inputs, Pass pass) {
      Tensor vector = inputs.get(0);
      long[] shape = {vector.size(0), vector.size(1), inputs.get(1).size(2)};
      return vector.unsqueeze(2).expand(shape);
    }
  }
}
