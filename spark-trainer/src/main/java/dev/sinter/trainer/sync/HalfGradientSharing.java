package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.Optimizers;
import dev.sinter.trainer.optimizer.UpdatePlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Gradient sharing with gradients in 16 bits on the wire; parameters are gathered in 32.
 *
 * <p>The gradient of a lane and the sum of every subtree are rounded whether they are sent or not,
 * and all sums are made in 32 bits. So this, too, gives the same bits on any number of workers.
 */
final class HalfGradientSharing implements Strategy {
  private final FlatVector parameters;
  private final Exchange exchange;
  private final Lanes lanes;
  private final double clipNorm;
  private final Slice slice;
  private final HalfVectors half;
  private final LaneGradients gradients;
  private final BlockThreads threads;
  private final SliceUpdater updater;
  private final SliceInbox inbox;
  private final Chunk whole;
  private final List<LaneNode> allSubtrees = new ArrayList<>();
  private final LaneTree order;
  private final List<Outgoing> outgoing = new ArrayList<>();
  private long postedStep = -1;

  /** A subtree's sum for the owner of a slice. */
  private record Outgoing(int peer, Slice slice, LaneNode subtree, FlatVector packed) {}

  HalfGradientSharing(
      SyncSettings sync,
      OptimizerSettings settings,
      UpdatePlan plan,
      Lanes lanes,
      FlatVector parameters,
      Exchange exchange) {
    this.parameters = parameters;
    this.exchange = exchange;
    this.lanes = lanes;
    this.clipNorm = settings.gradientClipNorm();
    this.slice = Slice.of(plan.length(), exchange.rank(), exchange.workers());
    this.half =
        new HalfVectors(
            sync.compression().kind() == Compression.Kind.FP16 ? HalfFormat.FP16 : HalfFormat.BF16);
    this.gradients = new LaneGradients(lanes, exchange.rank(), plan.length(), half::round);
    this.threads = new BlockThreads(sync.threads());
    this.updater = new SliceUpdater(slice, Optimizers.create(settings), plan, threads);
    List<SliceInbox.Source> sources = new ArrayList<>();
    for (int worker = 0; worker < lanes.workers(); worker++) {
      Slice owned = Slice.of(plan.length(), worker, exchange.workers());
      for (LaneNode subtree : lanes.subtrees(worker)) {
        allSubtrees.add(subtree);
        if (worker != exchange.rank()) {
          sources.add(new SliceInbox.Source(worker, tag(subtree)));
        }
      }
      if (worker != exchange.rank()) {
        for (LaneNode subtree : lanes.subtrees(exchange.rank())) {
          FlatVector packed = FlatVector.ofFloats(half.words(owned.length()));
          outgoing.add(new Outgoing(worker, owned, subtree, packed));
        }
      }
    }
    this.whole = wholeOf(half.words(slice.length()));
    this.inbox = new SliceInbox(exchange, new Slice(0, whole.length()), sources);
    this.order = LaneTree.over(allSubtrees);
  }

  @Override
  public FlatVector gradientBuffer(int lane) {
    return gradients.buffer(lane);
  }

  @Override
  public void laneComputed(int lane, float loss) {
    gradients.add(lane, loss);
  }

  @Override
  public StepResult synchronise(long step, double learningRate) {
    final long sentBefore = exchange.bytesSent();
    double[] ownLosses = gradients.losses();
    if (postedStep != step) {
      inbox.post(step, "", whole);
    }
    // A peer sends its new slice only after this worker's gradients: nothing reads these now.
    final List<Transfer> slices = Gathers.postSlices(exchange, step, "parameters", parameters);
    final List<Transfer> pushes = pushSums(step);

    long started = System.nanoTime();
    double loss =
        LaneTree.sum(Gathers.doubles(exchange, step, "losses", ownLosses, lanes::ofWorker))
            / lanes.count();
    inbox.await(whole);
    final long waited = System.nanoTime() - started;

    Span gradient = meanOfSlice();
    // A peer sends the next step's gradients only after this worker's parameters.
    inbox.post(step + 1, "", whole);
    postedStep = step + 1;
    started = System.nanoTime();
    double[] squares =
        Gathers.doubles(exchange, step, "norms", updater.squares(gradient), this::blocksOf);
    long transferred = System.nanoTime() - started;
    double norm = Math.sqrt(LaneTree.sum(squares));
    if (Gradients.areFinite(loss, norm)) {
      updater.apply(
          updater.optimizer().at(step, learningRate),
          parameters,
          gradient,
          Gradients.clipFactor(norm, clipNorm),
          sums -> Gathers.doubles(exchange, step, "tensor norms", sums, this::tensorSumsOf));
    }
    started = System.nanoTime();
    pushes.addAll(Gathers.pushSlice(exchange, step, "parameters", parameters));
    slices.forEach(Transfer::await);
    pushes.forEach(Transfer::await);
    transferred += System.nanoTime() - started;
    gradients.clear();
    return new StepResult(loss, norm, exchange.bytesSent() - sentBefore, waited, transferred);
  }

  @Override
  public OptimizerState optimizerState() {
    return new OptimizerState(slice.from(), slice.length(), updater.state(), 0);
  }

  @Override
  public void restore(OptimizerState part) {
    updater.restore(part);
  }

  @Override
  public boolean atCheckpointBoundary(long step) {
    return true;
  }

  @Override
  public void close() {
    // First: until then the network may write into the buffers and read from them.
    exchange.close();
    inbox.close();
    outgoing.forEach(message -> message.packed().close());
    updater.close();
    gradients.close();
    threads.close();
  }

  private List<Transfer> pushSums(long step) {
    List<Transfer> pushes = new ArrayList<>();
    for (Outgoing message : outgoing) {
      FlatVector packed = message.packed();
      half.pack(gradients.sum(message.subtree()), message.slice(), packed, threads);
      pushes.add(
          exchange.push(
              message.peer(),
              step,
              wholeOf(Math.toIntExact(packed.length())).tag(tag(message.subtree())),
              packed.bytes(0, Math.toIntExact(packed.length()))));
    }
    return pushes;
  }

  /** Leaves the mean over all lanes in this worker's own gradients, whose slice is not sent. */
  private Span meanOfSlice() {
    List<LaneNode> own = lanes.subtrees(exchange.rank());
    List<HalfVectors.Source> sources = new ArrayList<>();
    int received = 0;
    for (LaneNode subtree : allSubtrees) {
      sources.add(
          own.contains(subtree)
              ? new HalfVectors.Source.Whole(gradients.sum(subtree))
              : new HalfVectors.Source.Packed(inbox.vector(received++)));
    }
    FlatVector result = gradients.sum(own.get(0));
    half.mean(order, sources, slice, 1f / lanes.count(), result, threads);
    return new Span(result, slice.from());
  }

  private int blocksOf(int worker) {
    return Slice.of(parameters.length(), worker, exchange.workers()).blocks();
  }

  private int tensorSumsOf(int worker) {
    return updater.tensorSums(Slice.of(parameters.length(), worker, exchange.workers()));
  }

  /** Packed messages are short: they go as one chunk. */
  private static Chunk wholeOf(int words) {
    return new Chunk(0, 0, words);
  }

  private static String tag(LaneNode subtree) {
    return "gradients of " + subtree;
  }
}
