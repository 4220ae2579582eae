package dev.sinter.dataset;

import dev.sinter.error.SinterException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;

/** All that is known of a collection before anything is written. Driver only. */
final class Survey {
  private static final Set<String> HARMLESS =
      Set.of(
          "NOT_IN_A_CLASS_FOLDER",
          "NOT_IN_AN_IMAGE_FOLDER",
          "NOT_IN_MANIFEST",
          "TEST_WITHOUT_MASK");

  final PrepareRequest request;
  final Layout layout;
  final SourceNames names;
  final Growth growth;

  /** Of the files that were opened; those that a dataset to be extended knows are not. */
  final List<SourceFacts> accepted;

  final List<Rejection> rejections;
  final int unchanged;

  /** Why a preparation would stop. */
  final List<SinterException> problems = new ArrayList<>();

  final Optional<DatasetPlan> plan;

  Survey(JavaSparkContext spark, PrepareRequest request, Configuration configuration) {
    this.request = request;
    this.growth = Growth.of(request, configuration);
    this.layout = Layout.of(request, configuration);
    this.names = layout.names();
    check(this::useClassesOfDataset);
    int[] opened = toOpen();
    this.unchanged = layout.entries.size() - opened.length;
    List<SourceFacts> facts =
        SourceVerification.of(
            spark,
            layout.entries,
            opened,
            SourceGeometry.of(request),
            names,
            new HadoopSettings(configuration));
    this.rejections = new ArrayList<>(layout.rejections);
    this.accepted = new ArrayList<>();
    facts.forEach(this::take);
    check(this::refuseTooMany);
    check(this::refuseOneClass);
    this.plan = plan();
    plan.ifPresent(p -> check(this::classes));
    plan.ifPresent(p -> rejections.addAll(p.sides.dropped));
    rejections.sort(Comparator.comparing(Rejection::path));
  }

  /** What the dataset does not hold yet, or holds from before it changed. */
  private int[] toOpen() {
    if (!growth.isGiven()) {
      return IntStream.range(0, layout.entries.size()).toArray();
    }
    return IntStream.range(0, layout.entries.size())
        .filter(
            i -> {
              SourceEntry entry = layout.entries.get(i);
              Optional<Growth.Source> old = growth.find(names.sourceId(entry.relative()));
              return old.isEmpty()
                  || old.get().stamp() != entry.stamp()
                  || old.get().label() != entry.label()
                  || (!entry.givenPatient().isEmpty() // else the file may have said it
                      && !old.get().patientHash().equals(names.patient(entry.patient())));
            })
        .toArray();
  }

  private void take(SourceFacts facts) {
    if (facts.rejected().isPresent()) {
      rejections.add(facts.rejection());
    } else if (!layout.declaredMasks.isEmpty()
        && !layout.declaredMasks.keySet().containsAll(facts.maskValues())) {
      rejections.add(
          new Rejection(
              layout.entries.get(facts.index()).relative(),
              "MASK_VALUE_UNDECLARED",
              "its mask holds "
                  + facts.maskValues()
                  + ", dataset.json names "
                  + layout.declaredMasks.keySet()));
    } else if (facts.tags().burnedIn() && request.collection().burnedIn() == BurnedIn.REJECT) {
      rejections.add(
          new Rejection(
              layout.entries.get(facts.index()).relative(),
              "BURNED_IN_ANNOTATION",
              "the file says that its pixels show text, which may name the patient"));
    } else {
      layout.useTags(facts.index(), facts.tags());
      accepted.add(facts);
    }
  }

  private void check(Runnable check) {
    try {
      check.run();
    } catch (SinterException e) {
      problems.add(e);
    }
  }

  private <T> Optional<T> attempt(Supplier<T> work) {
    try {
      return Optional.of(work.get());
    } catch (SinterException e) {
      problems.add(e);
      return Optional.empty();
    }
  }

  private Optional<DatasetPlan> plan() {
    if (accepted.isEmpty()) {
      return Optional.empty();
    }
    replaceChanged();
    return attempt(
        () ->
            new DatasetPlan(
                request, names, layout.entries, layout.declaredMasks, accepted, growth));
  }

  /** The samples of a file that has changed go when its new ones come. */
  private void replaceChanged() {
    for (SourceFacts facts : accepted) {
      SourceEntry entry = layout.entries.get(facts.index());
      String id = names.sourceId(entry.relative());
      growth
          .find(id)
          .ifPresent(
              old -> {
                if (!old.content().equals(facts.content()) && !old.path().equals(entry.path())) {
                  problems.add(
                      DatasetErrors.data(
                          "SOURCES_COLLIDE",
                          names.hidden(entry.relative(), entry.patient())
                              + ": another file of this relative path is in the dataset already",
                          "Give new files other names, or prepare from the folder above both."));
                }
                growth.replace(id);
              });
    }
  }

  private void refuseTooMany() {
    List<Rejection> counted =
        rejections.stream().filter(r -> !HARMLESS.contains(r.code())).toList();
    if (counted.size() > request.maxRejected() * layout.listed
        || (counted.size() == layout.listed && layout.listed > 0)) {
      String first =
          counted.stream()
              .limit(5)
              .map(r -> names.hidden(r.path(), "") + " (" + r.code() + ": " + r.message() + ")")
              .collect(Collectors.joining("; "));
      throw DatasetErrors.data(
          "TOO_MANY_REJECTED",
          String.format(
              Locale.ROOT,
              "%s: %d of %d files cannot be taken, more than %.1f %%: %s",
              request.input(),
              counted.size(),
              layout.listed,
              100 * request.maxRejected(),
              first),
          whereMasksAreLookedFor(counted)
              + "See their true names with `sinter prepare --dry-run --rejected-names FILE`; repair"
              + " or remove them, or allow a larger share of rejected files.");
    }
  }

  private String whereMasksAreLookedFor(List<Rejection> counted) {
    boolean missing = counted.stream().anyMatch(r -> r.code().equals("MASK_MISSING"));
    return missing && !request.masks().isEmpty()
        ? "Masks are looked for below " + request.masks() + " (data.masks). "
        : "";
  }

  private void refuseOneClass() {
    Set<Integer> found = new HashSet<>();
    for (SourceFacts facts : accepted) {
      found.addAll(facts.maskValues());
      if (request.task() == Task.CLASSIFICATION) {
        found.add(layout.entries.get(facts.index()).label());
      }
    }
    if (found.size() < 2 && !growth.isGiven()) {
      throw DatasetErrors.data(
          "ONE_CLASS_ONLY",
          request.input()
              + (request.task() == Task.CLASSIFICATION
                  ? ": the only class is " + layout.classes
                  : ": the only value in the masks is " + found),
          "Give images of at least two classes.");
    }
  }

  /** A folder of new files may lack classes: the dataset's count. */
  private void useClassesOfDataset() {
    if (growth.isGiven() && request.task() == Task.CLASSIFICATION) {
      GrowthAgreement.requireClasses(request, growth, layout.classes);
      layout.useClasses(growth.manifest().orElseThrow().classes());
    }
  }

  /** The classes of the dataset, in the order of their labels. */
  List<String> classes() {
    if (growth.isGiven()) {
      return growth.manifest().orElseThrow().classes();
    }
    if (request.task() == Task.CLASSIFICATION) {
      return layout.classes;
    }
    return maskNames(plan.orElseThrow().maskValues, layout.declaredMasks);
  }

  private List<String> maskNames(List<Integer> values, SortedMap<Integer, String> declared) {
    List<String> names = request.maskNames();
    if (!names.isEmpty() && names.size() != values.size()) {
      throw DatasetErrors.usage(
          "CLASS_NAMES_MISMATCH",
          "data.class-names has "
              + names.size()
              + " names "
              + names
              + ", but the masks hold "
              + values.size()
              + " values "
              + values,
          "Give one name for each value, in this order, or leave the key out.");
    }
    return names.isEmpty()
        ? values.stream().map(v -> declared.getOrDefault(v, String.valueOf(v))).toList()
        : names;
  }
}
