package dev.sinter.trainer.engine.libtorch;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** What one vertex does to its inputs. Holds its parameters; keeps nothing between calls. */
@FunctionalInterface
interface Operation {
  /** Gives the output, which may be an input itself. */
  Tensor apply(List<Tensor> inputs, Pass pass);

  /**
   * Whether the output is memory of its own that the backward pass of this operation does not read,
   * so that the next operation may overwrite it.
   */
  default boolean leavesOutputFree() {
    return false;
  }

  /**
   * The same operation, with its output in the place of an input that nobody else reads.
   *
   * @param input index of that input
   * @return nothing if the operation, or its backward pass, needs the input
   */
  default Optional<Operation> overwriting(int input) {
    return Optional.empty();
  }

  /** An operation on one input. */
  @FunctionalInterface
  interface Unary extends Operation {
    Tensor apply(Tensor input, Pass pass);

    @Override
    default Tensor apply(List<Tensor> inputs, Pass pass) {
      return apply(inputs.get(0), pass);
    }
  }

  /** One operation after another; what lies between them is released at once. */
  record Sequence(List<Unary> operations) implements Unary {
    public Sequence {
      operations = List.copyOf(operations);
    }

    @Override
    public boolean leavesOutputFree() {
      return !operations.isEmpty() && operations.get(operations.size() - 1).leavesOutputFree();
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public Tensor apply(Tensor input, Pass pass) {
      Tensor current = input;
      for (Unary operation : operations) {
        Tensor next = operation.apply(current, pass);
        if (next != current && current != input) {
          current.close();
        }
        current = next;
      }
      return current;
    }
  }
}
