package dev.sinter.trainer.engine.libtorch;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** What one vertex does to its inputs. Holds its parameters; keeps nothing between calls. */
@FunctionalInterface
interface Operation {
  /** Gives the output, which may be an input itself. */
  Tensor apply(List<Tensor> inputs, Pass pass);

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
