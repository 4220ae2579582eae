package dev.sinter.trainer.config;

import dev.sinter.error.SinterException;
import dev.sinter.model.NetworkParts;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What freezing and rates of parts ask of the network that they name parts of. */
final class FreezeChecks {
  private final NetworkParts parts;
  private final List<ConfigProblem> problems;

  FreezeChecks(NetworkParts parts, List<ConfigProblem> problems) {
    this.parts = parts;
    this.problems = problems;
  }

  void check(FreezeConfig freeze, int epochs, Map<String, Double> rateFactors) {
    int before = problems.size();
    freeze.until().ifPresent(part -> isKnown("model.freeze.until", part));
    freeze
        .pattern()
        .filter(pattern -> withParameters(freeze.matching(parts)).isEmpty())
        .ifPresent(
            pattern ->
                problem(
                    "model.freeze.pattern",
                    "'"
                        + pattern
                        + "' matches no whole name of a vertex with parameters, such as "
                        + String.join(", ", firstOf(parts.withParameters()))));
    if (problems.size() > before) {
      checkNames(freeze, epochs, rateFactors);
      return;
    }
    Set<String> frozen = new HashSet<>(FreezeSchedule.frozenAtFirst(freeze, parts));
    if (frozen.containsAll(parts.withParameters())) {
      problem(
          freeze.until().isPresent() ? "model.freeze.until" : "model.freeze.pattern",
          "leaves nothing to train; name an earlier part, such as one of the stages "
              + String.join(", ", parts.stages()));
    }
    checkUnfreezing(freeze, epochs, frozen);
    checkFactors(rateFactors, frozen);
  }

  /** What can be said without knowing what is frozen. */
  private void checkNames(FreezeConfig freeze, int epochs, Map<String, Double> rateFactors) {
    checkEpochs(freeze, epochs);
    for (int i = 0; i < freeze.unfreeze().size(); i++) {
      String from = freeze.unfreeze().get(i).from();
      if (!from.isEmpty()) {
        isKnown("model.unfreeze[" + i + "].from", from);
      }
    }
    checkFactors(rateFactors, Set.of());
  }

  private void checkEpochs(FreezeConfig freeze, int epochs) {
    int last = 1;
    for (int i = 0; i < freeze.unfreeze().size(); i++) {
      FreezeConfig.Unfreeze entry = freeze.unfreeze().get(i);
      String key = "model.unfreeze[" + i + "]";
      if (entry.epoch() > epochs) {
        problem(key + ".epoch", entry.epoch() + " is more than train.epochs (" + epochs + ")");
      } else if (entry.epoch() <= last && i > 0) {
        problem(
            key + ".epoch",
            entry.epoch() + " is not after the epoch of the entry before it (" + last + ")");
      }
      last = entry.epoch();
    }
  }

  /** Leaves in {@code frozen} what never trains. */
  private void checkUnfreezing(FreezeConfig freeze, int epochs, Set<String> frozen) {
    checkEpochs(freeze, epochs);
    for (int i = 0; i < freeze.unfreeze().size(); i++) {
      FreezeConfig.Unfreeze entry = freeze.unfreeze().get(i);
      String key = "model.unfreeze[" + i + "]";
      if (!entry.from().isEmpty() && isKnown(key + ".from", entry.from())) {
        Set<String> thawed = new HashSet<>(parts.from(entry.from()));
        thawed.retainAll(withParameters(frozen));
        if (thawed.isEmpty()) {
          problem(
              key + ".from",
              "'"
                  + entry.from()
                  + "' and what depends on it train already; still frozen are "
                  + (withParameters(frozen).isEmpty()
                      ? "no parts"
                      : String.join(", ", lastOf(withParameters(frozen)))));
        }
        frozen.removeAll(thawed);
      }
    }
  }

  private void checkFactors(Map<String, Double> rateFactors, Set<String> neverTrained) {
    for (String part : rateFactors.keySet()) {
      String key = "optimizer.learning-rate-factors." + part;
      if (isKnown(key, part)) {
        Set<String> vertices = withParameters(parts.part(part));
        if (vertices.isEmpty()) {
          problem(key, "has no effect: '" + part + "' has no parameters");
        } else if (neverTrained.containsAll(vertices)) {
          problem(key, "has no effect: '" + part + "' is frozen in all epochs");
        }
      }
    }
  }

  private boolean isKnown(String key, String part) {
    try {
      parts.part(part);
      return true;
    } catch (SinterException e) {
      problem(key, e.getMessage() + "; " + e.remedy());
      return false;
    }
  }

  private Set<String> withParameters(Set<String> vertices) {
    Set<String> found = new HashSet<>(parts.withParameters());
    found.retainAll(vertices);
    return found;
  }

  private static List<String> firstOf(List<String> names) {
    return names.subList(0, Math.min(3, names.size()));
  }

  /** The last ones in the network: what would be given back next. */
  private List<String> lastOf(Set<String> names) {
    List<String> ordered = parts.vertices().stream().filter(names::contains).toList();
    return ordered.subList(Math.max(0, ordered.size() - 3), ordered.size());
  }

  private void problem(String key, String message) {
    problems.add(new ConfigProblem(key, message));
  }
}
