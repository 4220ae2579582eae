package dev.sinter.trainer.engine.libtorch;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A translated network. Slot 0 holds its input, slot {@code i + 1} the output of step {@code i}.
 *
 * @param steps vertices in topological order
 * @param outputs the network's outputs, in DL4J's order
 * @param segments the steps in parts, of which each can be computed again
 */
record Graph(List<Step> steps, List<Output> outputs, List<Segment> segments) {

  /**
   * One vertex.
   *
   * @param vertex its name
   * @param operation what it does
   * @param inputs slots that it reads
   * @param released slots that nobody reads after it
   */
  record Step(String vertex, Operation operation, int[] inputs, int[] released) {
    Step with(Operation other) {
      return new Step(vertex, other, inputs, released);
    }
  }

  /**
   * One output.
   *
   * @param slot where its logits are
   * @param loss what they are scored with
   */
  record Output(int slot, Loss loss) {}

  /** Where a walk stands, to name the vertex in an error. */
  static final class Progress {
    private String vertex = "input";

    String vertex() {
      return vertex;
    }

    void reach(String next) {
      vertex = next;
    }
  }

  /** Gives the logits of every output. */
  List<Tensor> logits(Tensor input, Pass pass, Progress progress) {
    Tensor[] slots = new Tensor[steps.size() + 1];
    slots[0] = input;
    run(Segment.whole(steps), slots, pass, progress);
    progress.reach("loss");
    return logits(slots);
  }

  /** The logits of every output, when all steps are done. */
  List<Tensor> logits(Tensor[] slots) {
    return outputs.stream().map(output -> slots[output.slot()]).toList();
  }

  /**
   * Computes a segment's steps; frees what nobody reads after them, but not what came from before.
   */
  void run(Segment segment, Tensor[] slots, Pass pass, Progress progress) {
    for (int i = segment.from(); i < segment.to(); i++) {
      Step step = steps.get(i);
      progress.reach(step.vertex());
      List<Tensor> inputs = new ArrayList<>(step.inputs().length);
      for (int slot : step.inputs()) {
        inputs.add(slots[slot]);
      }
      Tensor output = step.operation().apply(inputs, pass.at(i));
      slots[i + 1] = output;
      for (int slot : step.released()) {
        if (slot > segment.from()) {
          release(slots, slot, output);
        }
      }
    }
  }

  /** An operation may have handed on its input: then it is another slot's tensor as well. */
  @SuppressWarnings("ReferenceEquality")
  private static void release(Tensor[] slots, int slot, Tensor latest) {
    Tensor tensor = slots[slot];
    slots[slot] = null;
    for (Tensor other : slots) {
      if (other == tensor) {
        return;
      }
    }
    if (tensor != latest) {
      tensor.close();
    }
  }

  /** The number format of activations for inputs of a type. */
  static ScalarType activationType(
      ScalarType parameterType, dev.sinter.trainer.engine.ComputePrecision precision) {
    return switch (precision) {
      case FP32 -> parameterType;
      case BF16 -> ScalarType.BFloat16;
      case FP16 -> ScalarType.Half;
    };
  }
}
