package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.Optimizers;
import dev.sinter.trainer.optimizer.UpdatePlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Synchronous data parallelism: every worker owns a slice of the parameters, sums all lanes'
 * gradients of it, updates it and sends it to the others. Sums travel whole or in 16 bits;
 * parameters always whole.
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
  private final GradientSum sum;
  private final List<Transfer> pushes = new ArrayList<>();
  private final Set<LaneNode> pushed = new HashSet<>();
  private long bytesPushed;
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
    this.threads = new BlockThreads(sync.threads());
    this.sum = sumOf(sync.compression().kind(), plan.length());
    this.gradients = new LaneGradients(lanes, exchange.rank(), plan.length(), sum::round);
    this.updater = new SliceUpdater(slice, Optimizers.create(settings), plan, threads);
  }

  private GradientSum sumOf(Compression.Kind kind, long length) {
    return switch (kind) {
      case NONE -> new WholeGradientSum(exchange, lanes, length, threads);
      case BF16 -> new HalfGradientSum(HalfFormat.BF16, exchange, lanes, length, threads);
      case FP16 -> new HalfGradientSum(HalfFormat.FP16, exchange, lanes, length, threads);
      case THRESHOLD, TOP_K -> throw new IllegalArgumentException(kind + " sends no sums");
    };
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
    final long sentBefore = exchange.bytesSent() - takeBytesPushed();
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
    GradientSum.Mean mean = sum.reduce(step + 1, gradients::sum);
    waited += mean.waitedNanos();
    final Span gradient = mean.gradient();
    started = System.nanoTime();
    double[] squares =
        Gathers.doubles(exchange, step, "norms", updater.squares(gradient), this::blocksOf);
    long transferred = System.nanoTime() - started;
    double norm = Math.sqrt(LaneTree.sum(squares));
    if (Gradients.areFinite(loss, norm)) {
      updater.apply(
          updater.at(step, learningRate),
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
    sum.close();
    updater.close();
    gradients.close();
    threads.close();
  }

  private void push(long step, LaneNode subtree) {
    if (pushed.add(subtree)) {
      long before = exchange.bytesSent();
      pushes.addAll(sum.push(step, subtree, gradients.sum(subtree)));
      bytesPushed += exchange.bytesSent() - before;
    }
  }

  /** What was pushed while lanes were computed. */
  private long takeBytesPushed() {
    synchronized (pushes) {
      long bytes = bytesPushed;
      bytesPushed = 0;
      return bytes;
    }
  }

  /** Sends what was not sent when it was computed; all pushes of the step. */
  private List<Transfer> pushRest(long step) {
    synchronized (pushes) {
      if (postedStep == UNKNOWN) {
        sum.post(step);
      } else if (postedStep != step) {
        throw new IllegalArgumentException("step " + step + " where " + postedStep + " is next");
      }
      lanes.subtrees(exchange.rank()).forEach(subtree -> push(step, subtree));
      List<Transfer> all = new ArrayList<>(pushes);
      pushes.clear();
      pushed.clear();
      bytesPushed = 0;
      return all;
    }
  }

  private int blocksOf(int worker) {
    return Slice.of(parameters.length(), worker, exchange.workers()).blocks();
  }

  private int tensorSumsOf(int worker) {
    return updater.tensorSums(Slice.of(parameters.length(), worker, exchange.workers()));
  }
}
