package dev.sinter.trainer.engine.libtorch;

import java.util.List;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Forward and backward pass that keeps only what crosses the borders of segments; the rest is
 * computed a second time on the way back (activation checkpointing, Chen et al. 2016,
 * arXiv:1604.06174).
 */
final class Recomputation {
  private final Graph graph;
  private final Pass pass;
  private final Graph.Progress progress;
  private final Tensor[] kept;
  private final Tensor[] gradients;

  private Recomputation(Graph graph, Pass pass, Graph.Progress progress) {
    this.graph = graph;
    this.pass = pass;
    this.progress = progress;
    this.kept = new Tensor[graph.steps().size() + 1];
    this.gradients = new Tensor[kept.length];
  }

  /**
   * Gives the loss and adds its gradients to those of the parameters.
   *
   * @param lossOf the loss of the logits
   */
  static double lossAndGradient(
      Graph graph,
      Tensor input,
      Function<List<Tensor>, Tensor> lossOf,
      Pass pass,
      Graph.Progress progress) {
    Recomputation recomputation = new Recomputation(graph, pass, progress);
    try {
      return recomputation.run(input, lossOf);
    } finally {
      for (int slot = 0; slot < recomputation.kept.length; slot++) {
        release(recomputation.kept, slot);
        release(recomputation.gradients, slot);
      }
    }
  }

  private double run(Tensor input, Function<List<Tensor>, Tensor> lossOf) {
    keep(kept, 0, input);
    List<Segment> segments = graph.segments();
    int last = segments.size() - 1;
    segments.subList(0, last).forEach(this::forward);
    double loss = backwardFromLoss(segments.get(last), lossOf);
    for (int i = last - 1; i >= 0; i--) {
      backward(segments.get(i));
    }
    return loss;
  }

  @SuppressWarnings("try")
  private void forward(Segment segment) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode notRecording = new AutoGradMode(false)) {
      Tensor[] slots = new Tensor[kept.length];
      segment.reads().forEach(slot -> slots[slot] = kept[slot]);
      graph.run(segment, slots, pass, progress);
      segment.writes().forEach(slot -> keep(kept, slot, slots[slot]));
    }
  }

  @SuppressWarnings("try")
  private double backwardFromLoss(Segment segment, Function<List<Tensor>, Tensor> lossOf) {
    try (PointerScope scope = new PointerScope()) {
      Tensor[] leaves = leaves(segment);
      Tensor[] slots = leaves.clone();
      graph.run(segment, slots, pass, progress);
      progress.reach("loss");
      Tensor loss = lossOf.apply(graph.logits(slots));
      loss.backward();
      collectGradients(segment, leaves);
      return loss.item_double();
    }
  }

  @SuppressWarnings("try")
  private void backward(Segment segment) {
    try (PointerScope scope = new PointerScope()) {
      segment.writes().forEach(slot -> release(kept, slot)); // computed again
      Tensor[] leaves = leaves(segment);
      Tensor[] slots = leaves.clone();
      graph.run(segment, slots, pass, progress);
      TensorVector outputs = new TensorVector();
      TensorVector outputGradients = new TensorVector();
      for (int slot : segment.writes()) {
        if (gradients[slot] != null && slots[slot].requires_grad()) {
          outputs.push_back(slots[slot]);
          outputGradients.push_back(gradients[slot]);
        }
        release(gradients, slot);
      }
      if (!outputs.empty()) {
        torch.backward(outputs, outputGradients, new BoolOptional(), false, new TensorVector());
        collectGradients(segment, leaves);
      }
    }
  }

  /** What the segment reads, each the start of a graph of its own. */
  private Tensor[] leaves(Segment segment) {
    Tensor[] leaves = new Tensor[kept.length];
    for (int slot : segment.reads()) {
      leaves[slot] = slot == 0 ? kept[0] : kept[slot].detach().set_requires_grad(true);
    }
    return leaves;
  }

  @SuppressWarnings("try")
  private void collectGradients(Segment segment, Tensor[] leaves) {
    try (AutoGradMode notRecording = new AutoGradMode(false)) {
      for (int slot : segment.reads()) {
        Tensor gradient = leaves[slot].grad();
        if (slot == 0 || !gradient.defined()) {
          continue;
        }
        if (gradients[slot] == null) {
          keep(gradients, slot, new Tensor(gradient));
        } else {
          gradients[slot].add_(gradient);
        }
      }
    }
  }

  /** Lets a tensor outlive the scope that it was made in. */
  private static void keep(Tensor[] tensors, int slot, Tensor tensor) {
    tensor.retainReference();
    tensors[slot] = tensor;
  }

  private static void release(Tensor[] tensors, int slot) {
    if (tensors[slot] != null) {
      tensors[slot].releaseReference();
      tensors[slot] = null;
    }
  }
}
