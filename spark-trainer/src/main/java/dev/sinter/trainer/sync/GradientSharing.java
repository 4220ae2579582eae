package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.Optimizers;
import dev.sinter.trainer.optimizer.UpdatePlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Synchronous data parallelism: every worker owns a slice of the parameters, sums all lanes'
 * gradients of it, updates it and sends it to the others.
 *
 * <p>Bit-identical for any number of workers: lanes are summed in one fixed tree, norms per block
 * in another, and the update is element-wise.
 */
final class GradientSharing implements Strategy {
  private final FlatVector parameters;
  private final Exchange exchange;
  private final Lanes lanes;
  private final double clipNorm;
  private final Slice slice;
  private final LaneGradients gradients;
  private final BlockThreads threads;
  private final SliceUpdater updater;
  private final SliceInbox inbox;
  private final List<LaneNode> allSubtrees = new ArrayList<>();
  private final SpanSum mean;
  private long postedStep = -1;

  GradientSharing(
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
    this.gradients = new LaneGradients(lanes, exchange.rank(), plan.length());
    this.threads = new BlockThreads(sync.threads());
    this.updater = new SliceUpdater(slice, Optimizers.create(settings), plan, threads);
    List<SliceInbox.Source> sources = new ArrayList<>();
    for (int worker = 0; worker < lanes.workers(); worker++) {
      for (LaneNode subtree : lanes.subtrees(worker)) {
        allSubtrees.add(subtree);
        if (worker != exchange.rank()) {
          sources.add(new SliceInbox.Source(worker, tag(subtree)));
        }
      }
    }
    this.inbox = new SliceInbox(exchange, slice, sources);
    this.mean = SpanSum.meanOver(allSubtrees, lanes.count());
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
      inbox.post(step, "");
    }
    // A peer sends its new slice only after this worker's gradients: nothing reads these now.
    final List<Transfer> slices = Gathers.postSlices(exchange, step, "parameters", parameters);
    final List<Transfer> pushes = pushSums(step);

    long started = System.nanoTime();
    double loss =
        LaneTree.sum(Gathers.doubles(exchange, step, "losses", ownLosses, lanes::ofWorker))
            / lanes.count();
    inbox.await();
    final long waited = System.nanoTime() - started;

    Span gradient = sumSlice();
    // A peer sends the next step's gradients only after this worker's parameters.
    inbox.post(step + 1, "");
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
          Gradients.clipFactor(norm, clipNorm));
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
    updater.close();
    gradients.close();
    threads.close();
  }

  private List<Transfer> pushSums(long step) {
    List<Transfer> pushes = new ArrayList<>();
    for (int peer = 0; peer < exchange.workers(); peer++) {
      if (peer != exchange.rank()) {
        Slice owned = Slice.of(parameters.length(), peer, exchange.workers());
        for (LaneNode subtree : lanes.subtrees(exchange.rank())) {
          pushes.add(
              exchange.push(
                  peer,
                  step,
                  tag(subtree),
                  gradients.sum(subtree).bytes(owned.from(), owned.length())));
        }
      }
    }
    return pushes;
  }

  /** Leaves the mean over all lanes in this worker's own gradients, whose slice is not sent. */
  private Span sumSlice() {
    List<LaneNode> own = lanes.subtrees(exchange.rank());
    List<Span> spans = new ArrayList<>();
    int received = 0;
    for (LaneNode subtree : allSubtrees) {
      spans.add(
          own.contains(subtree)
              ? new Span(gradients.sum(subtree), slice.from())
              : new Span(inbox.vector(received++), 0));
    }
    Span result = new Span(gradients.sum(own.get(0)), slice.from());
    mean.into(result, spans, slice.length(), threads);
    return result;
  }

  private int blocksOf(int worker) {
    return Slice.of(parameters.length(), worker, exchange.workers()).blocks();
  }

  private static String tag(LaneNode subtree) {
    return "gradients of " + subtree;
  }
}
