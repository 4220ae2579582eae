package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.Optimizers;
import dev.sinter.trainer.optimizer.Treatment;
import dev.sinter.trainer.optimizer.UpdatePlan;
import dev.sinter.trainer.optimizer.UpdatePlan.Segment;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gradient sharing that sends few elements of a gradient and keeps the rest for later steps (Strom,
 * 2015; Lin et al., 2018). Every worker gets all messages, adds them in the order of the ranks and
 * makes the same step of the whole parameters. Running statistics are sent in full.
 *
 * <p>The same bits for the same number of workers: who computes which lanes decides what is sent.
 */
final class SparseGradientSharing implements Strategy {
  private final Compression compression;
  private final SparseCode code;
  private final FlatVector parameters;
  private final Exchange exchange;
  private final Lanes lanes;
  private final double clipNorm;
  private final BlockThreads threads;
  private final LaneGradients gradients;
  private final SpanSum shareOfMean;
  private final GradientMemory memory;
  private final SliceUpdater updater;
  private final List<Segment> statistics;
  private final FlatVector combined;
  private final SparseExchange messages;
  private final SparseElements elements = new SparseElements();
  private float threshold;

  SparseGradientSharing(
      SyncSettings sync,
      OptimizerSettings settings,
      UpdatePlan plan,
      Lanes lanes,
      FlatVector parameters,
      Exchange exchange) {
    this.compression = sync.compression();
    this.code =
        compression.kind() == Compression.Kind.TOP_K ? SparseCode.ROUNDED : SparseCode.MULTIPLES;
    this.parameters = parameters;
    this.exchange = exchange;
    this.lanes = lanes;
    this.threads = new BlockThreads(sync.threads());
    this.gradients = new LaneGradients(lanes, exchange.rank(), plan.length());
    this.shareOfMean = SpanSum.meanOver(lanes.subtrees(exchange.rank()), lanes.count());
    double share = (double) lanes.ofWorker(exchange.rank()) / lanes.count();
    // As if the workers' gradients were at right angles, so that the whole keeps to the norm.
    this.clipNorm = settings.gradientClipNorm() * Math.sqrt(share);
    this.memory = new GradientMemory(settings, plan, share, threads);
    this.updater =
        new SliceUpdater(
            new Slice(0, plan.length()),
            Optimizers.create(GradientMemory.afterMemory(settings)),
            plan,
            threads);
    this.statistics =
        plan.segments(0, plan.length()).stream()
            .filter(segment -> segment.treatment() == Treatment.RUNNING_STATISTIC)
            .toList();
    this.combined = FlatVector.ofFloats(plan.length());
    this.messages = new SparseExchange(exchange);
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
    double[] losses = gradients.losses();
    Span gradient = shareOfMean();
    double squares = LaneTree.sum(updater.squares(gradient));
    long started = System.nanoTime();
    Facts facts = facts(step, losses, squares);
    final long waited = System.nanoTime() - started;
    double norm = Math.sqrt(facts.squares());
    if (!Gradients.areFinite(facts.loss(), norm)) { // nothing of it may stay in the memory
      gradients.clear();
      return new StepResult(facts.loss(), norm, exchange.bytesSent() - sentBefore, waited, 0);
    }
    memory.add(gradient.vector(), parameters, Gradients.clipFactor(Math.sqrt(squares), clipNorm));
    int bytes = encode(step, gradient.vector());
    gradients.clear();
    started = System.nanoTime();
    List<ByteBuffer> received = messages.gather(step, lengths(step, bytes));
    final long transferred = System.nanoTime() - started;

    combine(received);
    updater.apply(updater.at(step, learningRate), parameters, new Span(combined, 0), 1);
    return new StepResult(
        facts.loss(), norm, exchange.bytesSent() - sentBefore, waited, transferred);
  }

  /** This worker's part of the state that all share. */
  @Override
  public OptimizerState optimizerState() {
    Slice slice = Slice.of(parameters.length(), exchange.rank(), exchange.workers());
    return new OptimizerState(slice.from(), slice.length(), updater.state(), slice.from());
  }

  @Override
  public void restore(OptimizerState part) {
    updater.restore(part);
  }

  @Override
  public List<Residual> residuals() {
    return List.of(new Residual(exchange.rank(), exchange.workers(), threshold, memory.vectors()));
  }

  /**
   * Takes its own over; what another number of workers has left is shared out by lanes, so that
   * nothing of it is lost, and the threshold is found anew.
   */
  @Override
  public void restore(Residual residual) {
    if (residual.workers() != exchange.workers()) {
      memory.addShare(residual.vectors(), (float) lanes.ofWorker(exchange.rank()) / lanes.count());
    } else if (residual.worker() == exchange.rank()) {
      memory.addShare(residual.vectors(), 1);
      threshold = residual.threshold();
    }
  }

  @Override
  public boolean atCheckpointBoundary(long step) {
    return true;
  }

  @Override
  public void close() {
    // First: until then the network may write into the buffers and read from them.
    exchange.close();
    memory.close();
    updater.close();
    combined.close();
    gradients.close();
    threads.close();
  }

  /** Leaves this worker's share of the mean over all lanes in one of its gradient buffers. */
  private Span shareOfMean() {
    List<Span> spans = new ArrayList<>();
    for (LaneNode subtree : lanes.subtrees(exchange.rank())) {
      spans.add(new Span(gradients.sum(subtree), 0));
    }
    shareOfMean.into(spans.get(0), spans, Math.toIntExact(parameters.length()), threads);
    return spans.get(0);
  }

  /** Writes the message of a step; returns its length. */
  private int encode(long step, FlatVector gradient) {
    long wanted = wanted(step);
    if (compression.kind() == Compression.Kind.TOP_K) {
      memory.select(memory.floorFor(wanted), elements);
      elements.keepLargest(Math.toIntExact(wanted));
    } else {
      selectAboveThreshold(wanted);
    }
    long most =
        SparseCode.HEADER_BYTES
            + (long) elements.count() * SparseCode.ELEMENT_BYTES
            + statisticBytes();
    ByteBuffer message = messages.outgoing(Math.toIntExact(most));
    FloatBuffer floats = gradient.floats();
    for (Segment segment : statistics) {
      for (int i = 0; i < segment.length(); i++) {
        message.putFloat(floats.get((int) segment.offset() + i));
      }
    }
    code.write(elements, threshold, message);
    memory.sent(elements);
    if (compression.kind() == Compression.Kind.THRESHOLD) {
      threshold = AdaptiveThreshold.next(threshold, elements.count(), wanted(step + 1));
    }
    return message.position();
  }

  private void selectAboveThreshold(long wanted) {
    if (threshold != 0) {
      memory.select(Float.floatToRawIntBits(threshold), elements);
    }
    // Following is for slow changes; in the first steps the sums may double from one to the next.
    if (threshold == 0 || elements.count() > AdaptiveThreshold.LARGEST_EXCESS * wanted) {
      threshold = Float.intBitsToFloat(memory.floorFor(wanted));
      memory.select(Float.floatToRawIntBits(threshold), elements);
    }
  }

  private long wanted(long step) {
    return Math.max(1, Math.round(compression.densityAt(step) * memory.candidates()));
  }

  private long statisticBytes() {
    return statistics.stream().mapToLong(Segment::length).sum() * Float.BYTES;
  }

  /** What all workers know of a step before they send anything of it. */
  private record Facts(double loss, double squares) {}

  private Facts facts(long step, double[] losses, double squares) {
    double[] mine = Arrays.copyOf(losses, losses.length + 1);
    mine[losses.length] = squares;
    double[] all =
        Gathers.doubles(exchange, step, "losses", mine, worker -> lanes.ofWorker(worker) + 1);
    double[] allLosses = new double[lanes.count()];
    double sum = 0;
    int at = 0;
    for (int worker = 0; worker < lanes.workers(); worker++) {
      int count = lanes.ofWorker(worker);
      System.arraycopy(all, at, allLosses, lanes.first(worker), count);
      sum += all[at + count];
      at += count + 1;
    }
    return new Facts(LaneTree.sum(allLosses) / lanes.count(), sum);
  }

  private int[] lengths(long step, int mine) {
    double[] all = Gathers.doubles(exchange, step, "lengths", new double[] {mine}, worker -> 1);
    return Arrays.stream(all).mapToInt(length -> (int) length).toArray();
  }

  /** Sums all messages. */
  private void combine(List<ByteBuffer> received) {
    FloatBuffer sums = combined.floats();
    threads.run(sums.capacity(), (part, from, to) -> clear(sums, from, to));
    for (ByteBuffer message : received) {
      for (Segment segment : statistics) {
        for (int i = 0; i < segment.length(); i++) {
          int at = (int) segment.offset() + i;
          sums.put(at, sums.get(at) + message.getFloat());
        }
      }
      code.read(message, (at, value) -> sums.put(at, sums.get(at) + value));
    }
  }

  private static void clear(FloatBuffer floats, int from, int to) {
    float[] zeros = new float[UpdatePlan.BLOCK];
    for (int at = from; at < to; at += zeros.length) {
      floats.put(at, zeros, 0, Math.min(zeros.length, to - at));
    }
  }
}
