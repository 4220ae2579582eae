package dev.sinter.dataset;

import dev.sinter.dataset.DatasetManifest.ShardFile;
import dev.sinter.dataset.DatasetManifest.SplitSummary;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The index of a dataset from its plan and from what was counted while writing. Driver only. */
final class ManifestAssembly {
  static final String TOOL_VERSION =
      Optional.ofNullable(DatasetPreparation.class.getPackage().getImplementationVersion())
          .orElse("development");

  private ManifestAssembly() {}

  static DatasetManifest of(
      Survey survey,
      List<String> classes,
      List<ShardTasks.Written> written,
      List<ShardFile> shards) {
    PrepareRequest request = survey.request;
    DatasetPlan plan = survey.plan.orElseThrow();
    return new DatasetManifest(
        DatasetManifest.SCHEMA_VERSION,
        TOOL_VERSION,
        request.task(),
        classes,
        plan.maskValues,
        plan.preparation,
        normalization(plan, written),
        summaries(survey, plan, classes, written),
        shards,
        fingerprint(survey),
        request.split(),
        survey.rejections.size(),
        (int) plan.taken().stream().filter(SourceFacts::constant).count(),
        request.collection().fold().toString(),
        origin(request, DatasetManifest.Origin.FIRST_SOURCES));
  }

  static DatasetManifest.Origin origin(PrepareRequest request, String sources) {
    String pattern = request.patientPattern();
    // Hashed: a pattern may name a ward, or a patient.
    return new DatasetManifest.Origin(
        sources,
        pattern.isEmpty() ? "" : new SourceNames(request.salt(), List.of()).pattern(pattern),
        request.collection().burnedIn().name().toLowerCase(Locale.ROOT));
  }

  /** Over all sources, those that a growing dataset held as well, sorted by relative path. */
  static String fingerprint(Survey survey) {
    MessageDigest digest = SourceNames.sha256();
    List<SourceFacts> taken = survey.plan.orElseThrow().taken();
    List<Growth.Source> kept = new ArrayList<>(survey.growth.kept());
    kept.sort(Comparator.comparing(Growth.Source::relative));
    int at = 0;
    boolean first = true;
    for (SourceFacts facts : taken) { // entries are listed in the order of their paths
      SourceEntry entry = survey.layout.entries.get(facts.index());
      while (at < kept.size() && kept.get(at).relative().compareTo(entry.relative()) < 0) {
        first = update(digest, first, kept.get(at++));
      }
      update(
          digest,
          first,
          entry.relative(),
          entry.bytes(),
          facts.content(),
          facts.maskBytes(),
          facts.mask());
      first = false;
    }
    while (at < kept.size()) {
      first = update(digest, first, kept.get(at++));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static boolean update(MessageDigest digest, boolean first, Growth.Source source) {
    update(
        digest,
        first,
        source.relative(),
        source.bytes(),
        source.content(),
        source.maskBytes(),
        source.mask());
    return false;
  }

  private static void update(
      MessageDigest digest,
      boolean first,
      String relative,
      long bytes,
      Sha256 content,
      long maskBytes,
      Sha256 mask) {
    String line =
        String.join(
            "\t",
            relative,
            String.valueOf(bytes),
            content.hex(),
            String.valueOf(maskBytes),
            mask.hex());
    digest.update((first ? line : "\n" + line).getBytes(StandardCharsets.UTF_8));
  }

  /** Patients of a split, those that a growing dataset held as well. */
  static long patients(Survey survey, String split) {
    DatasetPlan plan = survey.plan.orElseThrow();
    List<Growth.Source> kept = survey.growth.kept();
    SplitBins bins = new SplitBins(survey.request.split(), survey.request.collection().fold());
    KeyIndex patients = new KeyIndex(kept.size() + plan.taken().size());
    long count = 0;
    for (Growth.Source source : kept) {
      if (bins.split(bins.bin(source.bin())).equals(split)) {
        count += patients.putIfAbsent(source.patient(), 0) == KeyIndex.ABSENT ? 1 : 0;
      }
    }
    for (SourceFacts facts : plan.taken()) {
      if (plan.sides.split(facts.index()).equals(split)) {
        Sha256 patient =
            survey.names.patientKey(survey.layout.entries.get(facts.index()).patient());
        count += patients.putIfAbsent(patient, 0) == KeyIndex.ABSENT ? 1 : 0;
      }
    }
    return count;
  }

  private static SortedMap<String, SplitSummary> summaries(
      Survey survey, DatasetPlan plan, List<String> classes, List<ShardTasks.Written> written) {
    SortedMap<String, SplitSummary> summaries = new TreeMap<>();
    for (String split : SplitAssignment.SPLITS) {
      long samples = 0;
      SortedMap<String, Long> counts = new TreeMap<>();
      for (ShardTasks.Written shard : written) {
        if (plan.order.shardSplits.get(shard.shard()).equals(split)) {
          samples += shard.samples();
          for (int i = 0; i < classes.size(); i++) {
            counts.merge(classes.get(i), shard.classSamples()[i], Long::sum);
          }
        }
      }
      summaries.put(split, new SplitSummary(samples, patients(survey, split), counts));
    }
    return summaries;
  }

  /** Over the train split, shard by shard in order: the same bits on every run. */
  private static Normalization normalization(DatasetPlan plan, List<ShardTasks.Written> written) {
    return normalization(plan.preparation, plan.order.shardSplits, written);
  }

  /** Each source's own for volumes, unless it is to be the dataset's. */
  static Normalization normalization(
      Preparation preparation, List<String> shardSplits, List<ShardTasks.Written> written) {
    boolean own =
        switch (preparation.transforms().normalize()) {
          case AUTO -> preparation.source().equals(Preparation.VOLUME);
          case DATASET -> false;
          case SOURCE -> true;
        };
    if (own) {
      return new Normalization(Normalization.Kind.SOURCE, List.of(), List.of());
    }
    List<Float> mean = new ArrayList<>();
    List<Float> std = new ArrayList<>();
    for (int channel = 0; channel < preparation.channels(); channel++) {
      double sum = 0;
      double squares = 0;
      long values = 0;
      for (ShardTasks.Written shard : written) {
        if (shardSplits.get(shard.shard()).equals("train")) {
          sum += shard.sums()[channel];
          squares += shard.squares()[channel];
          values += shard.valuesPerChannel();
        }
      }
      double average = values == 0 ? 0 : sum / values;
      double variance = values == 0 ? 1 : squares / values - average * average;
      mean.add((float) average);
      std.add(variance > 1e-12 ? (float) Math.sqrt(variance) : 1f);
    }
    return new Normalization(Normalization.Kind.DATASET, mean, std);
  }
}
