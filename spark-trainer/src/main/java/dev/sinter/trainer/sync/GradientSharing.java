package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.Optimizers;
import dev.sinter.trainer.optimizer.UpdatePlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Synchronous data parallelism: every worker owns a slice of the parameters, sums all lanes'
 * gradients of it, updates it and sends it to the others.
 *
 * <p>Bit-identical for any number of workers: lanes are summed in one fixed tree, norms per block
 * in another, and the update is element-wise.
 */
final class GradientSharing implements Strategy {
  private static final long UNKNOWN = -1;

  private final FlatVector parameters;
  private final Exchange exchange;
  private final Lanes lanes;
  private final double clipNorm;
  private final Slice slice;
  private final LaneGradients gradients;
  private final BlockThreads threads;
  private final SliceUpdater updater;
  private final ReduceScatter scatter;
  private final Map<String, LaneNode> ownSubtrees = new LinkedHashMap<>();
  private final List<Transfer> pushes = new ArrayList<>();
  private final Set<LaneNode> pushed = new HashSet<>();
  private long postedStep = UNKNOWN;

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
    List<LaneNode> subtrees = new ArrayList<>();
    List<ReduceScatter.Term> terms = new ArrayList<>();
    for (int worker = 0; worker < lanes.workers(); worker++) {
      for (LaneNode subtree : lanes.subtrees(worker)) {
        subtrees.add(subtree);
        terms.add(new ReduceScatter.Term(worker, tag(subtree)));
        if (worker == exchange.rank()) {
          ownSubtrees.put(tag(subtree), subtree);
        }
      }
    }
    SpanSum mean = SpanSum.meanOver(subtrees, lanes.count());
    this.scatter = new ReduceScatter(exchange, plan.length(), terms, mean, threads);
  }

  @Override
  public FlatVector gradientBuffer(int lane) {
    return gradients.buffer(lane);
  }

  @Override
  public void laneComputed(int lane, float loss) {
    Optional<LaneNode> whole = gradients.add(lane, loss);
    synchronized (pushes) {
      // The first step of a run is known only when it is synchronised.
      if (postedStep != UNKNOWN) {
        whole.ifPresent(subtree -> push(postedStep, subtree));
      }
    }
  }

  @Override
  public StepResult synchronise(long step, double learningRate) {
    final long sentBefore = exchange.bytesSent() - bytesPushed();
    double[] ownLosses = gradients.losses();
    // A peer sends its new slice only after this worker's gradients: nothing reads these now.
    final List<Transfer> slices = Gathers.postSlices(exchange, step, "parameters", parameters);
    List<Transfer> transfers = pushRest(step);

    long started = System.nanoTime();
    double loss =
        LaneTree.sum(Gathers.doubles(exchange, step, "losses", ownLosses, lanes::ofWorker))
            / lanes.count();
    long waited = System.nanoTime() - started;
    // A peer sends the next step's gradients only after this worker's parameters.
    waited += scatter.reduce(this::ownSum, chunk -> scatter.post(step + 1, "", chunk));
    Span gradient = scatter.result(this::ownSum);
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
    transfers.addAll(Gathers.pushSlice(exchange, step, "parameters", parameters));
    transfers.addAll(slices);
    transfers.forEach(Transfer::await);
    transferred += System.nanoTime() - started;
    gradients.clear();
    synchronized (pushes) {
      postedStep = step + 1;
    }
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
    scatter.close();
    updater.close();
    gradients.close();
    threads.close();
  }

  private void push(long step, LaneNode subtree) {
    if (pushed.add(subtree)) {
      pushes.addAll(scatter.push(step, tag(subtree), "", gradients.sum(subtree)));
    }
  }

  /** What was pushed while lanes were computed. */
  private long bytesPushed() {
    synchronized (pushes) {
      return pushed.size() * (parameters.length() - slice.length()) * Float.BYTES;
    }
  }

  /** Sends what was not sent when it was computed; all pushes of the step. */
  private List<Transfer> pushRest(long step) {
    synchronized (pushes) {
      if (postedStep == UNKNOWN) {
        scatter.post(step, "");
      } else if (postedStep != step) {
        throw new IllegalArgumentException("step " + step + " where " + postedStep + " is next");
      }
      ownSubtrees.values().forEach(subtree -> push(step, subtree));
      List<Transfer> all = new ArrayList<>(pushes);
      pushes.clear();
      pushed.clear();
      return all;
    }
  }

  private FlatVector ownSum(String tag) {
    return gradients.sum(ownSubtrees.get(tag));
  }

  private int blocksOf(int worker) {
    return Slice.of(parameters.length(), worker, exchange.workers()).blocks();
  }

  private int tensorSumsOf(int worker) {
    return updater.tensorSums(Slice.of(parameters.length(), worker, exchange.workers()));
  }

  private static String tag(LaneNode subtree) {
    return "gradients of " + subtree;
  }
}
