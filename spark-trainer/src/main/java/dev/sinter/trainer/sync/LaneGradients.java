package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sums the gradients of one worker's lanes as they come, in the lane tree.
 *
 * <p>Like a binary counter it holds one buffer per level of the tree, and one per lane under way.
 * Lanes may come in any order and from several threads.
 */
final class LaneGradients implements AutoCloseable {
  private static final int BLOCK = 4096;

  private final Lanes lanes;
  private final int worker;
  private final long length;
  private final List<LaneNode> subtrees;
  private final Consumer<FlatVector> rounding;
  private final List<FlatVector> allocated = new ArrayList<>();
  private final Deque<FlatVector> free = new ArrayDeque<>();
  private final Map<Integer, FlatVector> filling = new HashMap<>();
  private final Map<LaneNode, FlatVector> sums = new HashMap<>();
  private final double[] losses;
  private int pending;

  LaneGradients(Lanes lanes, int worker, long length) {
    this(lanes, worker, length, sum -> {});
  }

  /**
   * The same with something done to every sum that goes on in the tree: of all subtrees but the
   * whole tree. Called by the threads that add.
   */
  LaneGradients(Lanes lanes, int worker, long length, Consumer<FlatVector> rounding) {
    this.rounding = rounding;
    this.lanes = lanes;
    this.worker = worker;
    this.length = length;
    this.subtrees = lanes.subtrees(worker);
    this.losses = new double[lanes.ofWorker(worker)];
    this.pending = losses.length;
  }

  /** The buffer for a lane's gradient in this step. */
  synchronized FlatVector buffer(int lane) {
    if (lane < lanes.first(worker) || lane >= lanes.end(worker)) {
      throw new IllegalArgumentException("lane " + lane + " is not of worker " + worker);
    }
    return filling.computeIfAbsent(lane, l -> takeFree());
  }

  /**
   * Adds a lane's gradient to the tree.
   *
   * @return the worker's whole subtree, when this was its last lane
   */
  Optional<LaneNode> add(int lane, float loss) {
    LaneNode node = new LaneNode(lane, 1);
    FlatVector sum;
    synchronized (this) {
      sum = filling.remove(lane);
      if (sum == null) {
        throw new IllegalStateException("lane " + lane + " has no gradient in this step");
      }
      losses[lane - lanes.first(worker)] = loss;
    }
    while (true) {
      if (node.span() < lanes.count()) {
        rounding.accept(sum);
      }
      FlatVector other;
      synchronized (this) {
        boolean whole = node.parent().within(lanes.first(worker), lanes.end(worker));
        other = whole && node.span() < lanes.count() ? sums.remove(node.sibling()) : null;
        if (other == null) {
          // The buffer waits for its sibling, or is one of the worker's whole subtrees.
          sums.put(node, sum);
          pending--;
          return Optional.of(node).filter(subtrees::contains);
        }
      }
      addTo(sum, other);
      synchronized (this) {
        free.push(other);
      }
      node = node.parent();
    }
  }

  /** The sum of a subtree, once all lanes are in. */
  synchronized FlatVector sum(LaneNode subtree) {
    FlatVector sum = sums.get(subtree);
    if (sum == null) {
      throw new IllegalStateException(subtree + " are not all computed in this step");
    }
    return sum;
  }

  /** The lanes' losses, in lane order. */
  synchronized double[] losses() {
    if (pending != 0) {
      throw new IllegalStateException(pending + " lanes are not computed in this step");
    }
    return losses.clone();
  }

  /** Ready for the next step. */
  synchronized void clear() {
    free.addAll(sums.values());
    sums.clear();
    pending = losses.length;
  }

  @Override
  public synchronized void close() {
    allocated.forEach(FlatVector::close);
    allocated.clear();
  }

  private FlatVector takeFree() {
    if (free.isEmpty()) {
      FlatVector vector = FlatVector.ofFloats(length);
      allocated.add(vector);
      return vector;
    }
    return free.pop();
  }

  private void addTo(FlatVector to, FlatVector from) {
    FloatBuffer target = to.floats();
    FloatBuffer source = from.floats();
    float[] a = new float[BLOCK];
    float[] b = new float[BLOCK];
    for (int at = 0; at < target.capacity(); at += BLOCK) {
      int count = Math.min(BLOCK, target.capacity() - at);
      target.get(at, a, 0, count);
      source.get(at, b, 0, count);
      for (int i = 0; i < count; i++) {
        a[i] += b[i];
      }
      target.put(at, a, 0, count);
    }
  }
}
