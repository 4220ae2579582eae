package dev.sinter.trainer.config;

import dev.sinter.model.NetworkParts;
import dev.sinter.trainer.engine.FrozenParts;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.optimizer.Pace;
import dev.sinter.trainer.optimizer.UpdatePlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What of a network trains in which epoch, and at which rates. */
public final class FreezeSchedule {
  private final FreezeConfig.Statistics statistics;
  private final List<Phase> phases = new ArrayList<>();
  private final Map<String, Double> factors = new HashMap<>();
  private final Map<String, Integer> firstEpochs = new HashMap<>();

  /**
   * Epochs in which the same is frozen.
   *
   * @param firstEpoch counted from 1
   * @param frozen vertices
   */
  private record Phase(int firstEpoch, Set<String> frozen) {}

  private FreezeSchedule(FreezeConfig.Statistics statistics, Set<String> frozen) {
    this.statistics = statistics;
    phases.add(new Phase(1, frozen));
  }

  /**
   * The schedule of a run whose configuration was checked.
   *
   * @param parts of its network
   */
  public static FreezeSchedule of(RunConfig run, NetworkParts parts) {
    FreezeConfig freeze = run.model().freeze();
    FreezeSchedule schedule = new FreezeSchedule(freeze.statistics(), frozenAtFirst(freeze, parts));
    freeze.unfreeze().forEach(entry -> schedule.unfreeze(entry, parts));
    run.optimizer()
        .learningRateFactors()
        .forEach((part, factor) -> schedule.multiply(parts.part(part), factor));
    return schedule;
  }

  static Set<String> frozenAtFirst(FreezeConfig freeze, NetworkParts parts) {
    Set<String> frozen = new HashSet<>();
    freeze.until().ifPresent(part -> frozen.addAll(parts.upTo(part)));
    frozen.addAll(freeze.matching(parts));
    return frozen;
  }

  private void unfreeze(FreezeConfig.Unfreeze entry, NetworkParts parts) {
    Set<String> before = phases.get(phases.size() - 1).frozen();
    Set<String> thawed = new HashSet<>(parts.from(entry.from()));
    thawed.retainAll(before);
    thawed.forEach(vertex -> firstEpochs.put(vertex, entry.epoch()));
    multiply(thawed, entry.learningRateFactor());
    Set<String> frozen = new HashSet<>(before);
    frozen.removeAll(thawed);
    phases.add(new Phase(entry.epoch(), frozen));
  }

  private void multiply(Set<String> vertices, double factor) {
    vertices.forEach(vertex -> factors.merge(vertex, factor, (a, b) -> a * b));
  }

  /**
   * The last epoch in which the same trains as in this one.
   *
   * @param epoch counted from 1
   * @param epochs of the whole run
   */
  public int lastEpochLike(int epoch, int epochs) {
    return phases.stream()
        .filter(phase -> phase.firstEpoch() > epoch)
        .mapToInt(phase -> phase.firstEpoch() - 1)
        .findFirst()
        .orElse(epochs);
  }

  /** The network as an epoch executes it. */
  public Network network(Network network, int epoch) {
    Set<String> frozen = frozenIn(epoch);
    return network.with(
        new FrozenParts(frozen, statistics == FreezeConfig.Statistics.FROZEN ? frozen : Set.of()));
  }

  /** What a step of an epoch does to the flat vector. */
  public UpdatePlan plan(Network network, int epoch, int stepsPerEpoch) {
    Set<String> frozen = frozenIn(epoch);
    return UpdatePlan.of(
        network,
        tensor -> frozen.contains(tensor.vertex()) && (tensor.isTrained() || keepsStatistics()),
        tensor -> pace(tensor.vertex(), stepsPerEpoch));
  }

  private boolean keepsStatistics() {
    return statistics == FreezeConfig.Statistics.FROZEN;
  }

  private Pace pace(String vertex, int stepsPerEpoch) {
    return new Pace(
        factors.getOrDefault(vertex, 1.0),
        (firstEpochs.getOrDefault(vertex, 1) - 1L) * stepsPerEpoch);
  }

  /**
   * The vertices that do not train in an epoch.
   *
   * @param epoch counted from 1
   */
  public Set<String> frozenIn(int epoch) {
    Set<String> frozen = Set.of();
    for (Phase phase : phases) {
      if (phase.firstEpoch() <= epoch) {
        frozen = phase.frozen();
      }
    }
    return frozen;
  }
}
