package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Sums of gradients as they are, chunk by chunk. */
final class WholeGradientSum implements GradientSum {
  private final Map<String, LaneNode> subtrees = new HashMap<>();
  private final ReduceScatter scatter;

  WholeGradientSum(Exchange exchange, Lanes lanes, long length, BlockThreads threads) {
    List<LaneNode> all = new ArrayList<>();
    List<ReduceScatter.Term> terms = new ArrayList<>();
    for (int worker = 0; worker < lanes.workers(); worker++) {
      for (LaneNode subtree : lanes.subtrees(worker)) {
        all.add(subtree);
        terms.add(new ReduceScatter.Term(worker, tag(subtree)));
        subtrees.put(tag(subtree), subtree);
      }
    }
    SpanSum mean = SpanSum.meanOver(all, lanes.count());
    this.scatter = new ReduceScatter(exchange, length, terms, mean, threads);
  }

  @Override
  public void round(FlatVector sum) {
    // sent as it is
  }

  @Override
  public void post(long step) {
    scatter.post(step, "");
  }

  @Override
  public List<Transfer> push(long step, LaneNode subtree, FlatVector sum) {
    return scatter.push(step, tag(subtree), "", sum);
  }

  @Override
  public Mean reduce(long nextStep, Function<LaneNode, FlatVector> own) {
    ReduceScatter.Own ownOf = tag -> own.apply(subtrees.get(tag));
    long waited = scatter.reduce(ownOf, chunk -> scatter.post(nextStep, "", chunk));
    return new Mean(scatter.result(ownOf), waited);
  }

  @Override
  public void close() {
    scatter.close();
  }

  private static String tag(LaneNode subtree) {
    return "gradients of " + subtree;
  }
}
