package dev.sinter.dataset;

import dev.sinter.dataset.DatasetManifest.SplitSummary;
import dev.sinter.dataset.VerificationReport.Count;
import dev.sinter.dataset.VerificationReport.Range;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts what a survey found. Driver only. */
final class SurveyCounts {
  private static final int SHOWN_SHAPES = 10;
  private static final int SHOWN_EXAMPLES = 20;

  private final Survey survey;

  SurveyCounts(Survey survey) {
    this.survey = survey;
  }

  VerificationReport report() {
    return new VerificationReport(
        files(),
        rejected(),
        examples(),
        sources(),
        labels(),
        duplicates(),
        patients(),
        splits(),
        survey.plan.map(p -> p.preparation).orElse(null),
        survey.plan.map(p -> p.order.shardSplits.size()).orElse(0),
        survey.problems.stream()
            .map(e -> new VerificationReport.Problem(e.code(), e.getMessage(), e.remedy()))
            .toList());
  }

  private VerificationReport.Files files() {
    return new VerificationReport.Files(
        survey.layout.listed,
        survey.layout.entries.size() - survey.unchanged,
        survey.unchanged,
        survey.plan.map(p -> p.taken().size()).orElse(0),
        survey.layout.entries.stream().mapToLong(SourceEntry::bytes).sum());
  }

  private SortedMap<String, Long> rejected() {
    SortedMap<String, Long> counts = new TreeMap<>();
    survey.rejections.forEach(r -> counts.merge(r.code(), 1L, Long::sum));
    return counts;
  }

  private List<VerificationReport.Example> examples() {
    return survey.rejections.stream()
        .limit(SHOWN_EXAMPLES)
        .map(
            r ->
                new VerificationReport.Example(
                    survey.names.hidden(r.path(), ""), r.code(), r.message()))
        .toList();
  }

  private VerificationReport.Sources sources() {
    Map<SourceShape, Long> shapes = new HashMap<>();
    long volumes = 0;
    long samples = 0;
    long constant = 0;
    for (SourceFacts facts : survey.accepted) {
      shapes.merge(facts.shape(), 1L, Long::sum);
      volumes += facts.volume() ? 1 : 0;
      samples += facts.slices();
      constant += facts.constant() ? 1 : 0;
    }
    Map<String, Long> byText = new TreeMap<>();
    shapes.forEach((shape, count) -> byText.merge(shape.text(), count, Long::sum));
    List<Count> frequent =
        byText.entrySet().stream()
            .map(e -> new Count(e.getKey(), e.getValue()))
            .sorted(Comparator.comparing(Count::count).reversed())
            .limit(SHOWN_SHAPES)
            .toList();
    return new VerificationReport.Sources(
        survey.accepted.size() - volumes,
        volumes,
        samples,
        frequent,
        byText.size(),
        spacing(shapes),
        constant,
        survey.accepted.stream().filter(f -> f.tags().burnedIn()).count());
  }

  private static List<Range> spacing(Map<SourceShape, Long> shapes) {
    List<Range> ranges = new ArrayList<>();
    for (SourceShape shape : shapes.keySet()) {
      for (int axis = 0; axis < shape.spacing().size(); axis++) {
        float value = shape.spacing().get(axis);
        if (axis == ranges.size()) {
          ranges.add(new Range(value, value));
        }
        Range range = ranges.get(axis);
        ranges.set(axis, new Range(Math.min(range.min(), value), Math.max(range.max(), value)));
      }
    }
    return ranges;
  }

  private VerificationReport.Labels labels() {
    SortedMap<Integer, Long> values = new TreeMap<>();
    SortedMap<String, Long> classes = new TreeMap<>();
    for (SourceFacts facts : survey.accepted) {
      facts.maskValues().forEach(value -> values.merge(value, 1L, Long::sum));
      int label = entry(facts).label();
      if (label >= 0) {
        classes.merge(survey.layout.classes.get(label), 1L, Long::sum);
      }
    }
    return new VerificationReport.Labels(classes, values);
  }

  private VerificationReport.Duplicates duplicates() {
    KeyIndex contents = new KeyIndex(survey.accepted.size());
    KeyIndex pixels = new KeyIndex(survey.accepted.size());
    long exact = 0;
    long identical = 0;
    long across = 0;
    long conflicting = 0;
    for (int i = 0; i < survey.accepted.size(); i++) {
      SourceFacts facts = survey.accepted.get(i);
      exact += contents.putIfAbsent(facts.content(), i) == KeyIndex.ABSENT ? 0 : 1;
      int first = pixels.putIfAbsent(facts.pixels(), i);
      if (first != KeyIndex.ABSENT) {
        SourceFacts other = survey.accepted.get(first);
        identical++;
        across += entry(facts).givenSplit().equals(entry(other).givenSplit()) ? 0 : 1;
        conflicting +=
            entry(facts).label() == entry(other).label() && facts.mask().equals(other.mask())
                ? 0
                : 1;
      }
    }
    return new VerificationReport.Duplicates(exact, identical, across, conflicting);
  }

  private VerificationReport.Patients patients() {
    KeyIndex index = new KeyIndex(survey.accepted.size());
    int[] sources = new int[survey.accepted.size()];
    boolean[] isAcross = new boolean[survey.accepted.size()];
    long patients = 0;
    int most = 0;
    long across = 0;
    for (int i = 0; i < sources.length; i++) {
      SourceEntry entry = entry(survey.accepted.get(i));
      int found = index.putIfAbsent(survey.names.patientKey(entry.patient()), i);
      int first = found == KeyIndex.ABSENT ? i : found;
      patients += first == i ? 1 : 0;
      most = Math.max(most, ++sources[first]);
      if (!entry.givenSplit().equals(entry(survey.accepted.get(first)).givenSplit())
          && !isAcross[first]) {
        isAcross[first] = true;
        across++;
      }
    }
    return new VerificationReport.Patients(patients, most, across);
  }

  private SortedMap<String, SplitSummary> splits() {
    SortedMap<String, SplitSummary> splits = new TreeMap<>();
    if (survey.plan.isEmpty() || !survey.problems.isEmpty()) {
      return splits;
    }
    DatasetPlan plan = survey.plan.get();
    List<String> classes = survey.classes();
    for (String split : SplitAssignment.SPLITS) {
      long samples = 0;
      SortedMap<String, Long> counts = new TreeMap<>();
      for (SourceFacts facts : plan.taken()) {
        if (plan.sides.split(facts.index()).equals(split)) {
          samples += facts.slices();
          int label = entry(facts).label();
          if (label >= 0) {
            counts.merge(classes.get(label), (long) facts.slices(), Long::sum);
          }
          facts
              .maskValues()
              .forEach(v -> counts.merge(classes.get(plan.maskValues.indexOf(v)), 1L, Long::sum));
        }
      }
      splits.put(
          split, new SplitSummary(samples, ManifestAssembly.patients(survey, split), counts));
    }
    return splits;
  }

  private SourceEntry entry(SourceFacts facts) {
    return survey.layout.entries.get(facts.index());
  }
}
