package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.Optimizers;
import dev.sinter.trainer.optimizer.UpdatePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Local training on each worker's own lanes, with an average over the workers every few steps:
 * parameters, running statistics and optimizer state, weighted by the number of lanes.
 *
 * <p>The same bits for the same number of workers: workers are added in the order of their ranks.
 * Between two averagings nothing is sent, and loss and norm are this worker's own; at an averaging
 * they are the mean loss and the largest norm of all.
 */
final class ParameterAveraging implements Strategy {
  private final SyncSettings settings;
  private final FlatVector parameters;
  private final Exchange exchange;
  private final Lanes lanes;
  private final double clipNorm;
  private final Slice slice;
  private final LaneGradients gradients;
  private final SpanSum laneMean;
  private final BlockThreads threads;
  private final SliceUpdater updater;
  private final AllReduce workerMean;

  ParameterAveraging(
      SyncSettings settings,
      OptimizerSettings optimizer,
      UpdatePlan plan,
      Lanes lanes,
      FlatVector parameters,
      Exchange exchange) {
    this.settings = settings;
    this.parameters = parameters;
    this.exchange = exchange;
    this.lanes = lanes;
    this.clipNorm = optimizer.gradientClipNorm();
    this.slice = Slice.of(plan.length(), exchange.rank(), exchange.workers());
    this.gradients = new LaneGradients(lanes, exchange.rank(), plan.length());
    this.laneMean =
        SpanSum.meanOver(lanes.subtrees(exchange.rank()), lanes.ofWorker(exchange.rank()));
    this.threads = new BlockThreads(settings.threads());
    this.updater = new SliceUpdater(whole(), Optimizers.create(optimizer), plan, threads);
    this.workerMean = new AllReduce(exchange, plan.length(), SpanSum.meanOver(lanes), threads);
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
    double loss = LaneTree.sum(losses) / losses.length;
    Span gradient = sumLanes();
    double norm = Math.sqrt(LaneTree.sum(updater.squares(gradient)));
    if (Gradients.areFinite(loss, norm)) {
      updater.apply(
          updater.at(step, learningRate),
          parameters,
          gradient,
          Gradients.clipFactor(norm, clipNorm));
    }
    gradients.clear();

    long waited = 0;
    long transferred = 0;
    if (atCheckpointBoundary(step)) {
      final long started = System.nanoTime();
      loss =
          LaneTree.sum(Gathers.doubles(exchange, step, "losses", losses, lanes::ofWorker))
              / lanes.count();
      double[] norms = Gathers.doubles(exchange, step, "norms", new double[] {norm}, worker -> 1);
      norm = DoubleStream.of(norms).reduce(0, Math::max); // NaN if one is
      waited = System.nanoTime() - started;
      workerMean.run(step, "parameters", parameters);
      for (int i = 0; i < updater.state().size(); i++) {
        workerMean.run(step, "optimizer state " + i, updater.state().get(i));
      }
      transferred = System.nanoTime() - started - waited;
    }
    return new StepResult(loss, norm, exchange.bytesSent() - sentBefore, waited, transferred);
  }

  /** This worker's slice: after an averaging all workers hold the same state. */
  @Override
  public OptimizerState optimizerState() {
    return new OptimizerState(slice.from(), slice.length(), updater.state(), slice.from());
  }

  @Override
  public void restore(OptimizerState part) {
    updater.restore(part);
  }

  @Override
  public boolean atCheckpointBoundary(long step) {
    return step % settings.averageEverySteps() == 0
        || (settings.stepsPerEpoch() > 0 && step % settings.stepsPerEpoch() == 0);
  }

  @Override
  public void close() {
    // First, with the exchange: until then the network may write into vectors and read from them.
    workerMean.close();
    updater.close();
    gradients.close();
  }

  private Slice whole() {
    return new Slice(0, parameters.length());
  }

  private Span sumLanes() {
    List<Span> spans = new ArrayList<>();
    for (LaneNode subtree : lanes.subtrees(exchange.rank())) {
      spans.add(new Span(gradients.sum(subtree), 0));
    }
    laneMean.into(spans.get(0), spans, whole().length(), threads);
    return spans.get(0);
  }
}
