package dev.sinter.dataset;

import java.util.ArrayList;
import java.util.List;

/** Whether a request can add to the dataset that is there: the old samples stay as they are. */
final class GrowthAgreement {
  private GrowthAgreement() {}

  /**
   * Refuses a request under which the old samples would be others.
   *
   * @throws dev.sinter.error.SinterException {@code DATASET_CANNOT_GROW}, naming all differences
   */
  static void require(PrepareRequest request, Growth growth) {
    DatasetManifest manifest = growth.manifest().orElseThrow();
    Preparation preparation = manifest.preparation();
    List<String> differences = new ArrayList<>();
    differ(differences, "data.task", manifest.task(), request.task());
    differ(differences, "data.split", manifest.splitRatios(), request.split());
    differ(differences, "data.fold", manifest.fold(), request.collection().fold().toString());
    if (preparation.sample() != SampleKind.PATCH) { // patches are padded, whatever is asked for
      differ(differences, "data.fit", preparation.fit(), request.chosenFit());
    }
    differ(
        differences, "the transforms", preparation.transforms(), request.sampling().transforms());
    if (!request.sampling().kind().equals(Sampling.AUTO)) {
      differ(differences, "data.sample", preparation.sample().key(), request.sampling().kind());
    }
    differ(differences, "the slice axis", preparation.sliceAxis(), request.sliceAxis());
    if (request.height() > 0) {
      differ(
          differences,
          "data.size",
          preparation.height() + " x " + preparation.width(),
          request.height() + " x " + request.width());
    }
    requireSamples(differences, preparation, request.sampling());
    if (manifest.origin() != null) {
      DatasetManifest.Origin was = manifest.origin();
      DatasetManifest.Origin is = ManifestAssembly.origin(request, was.sources());
      if (!was.patientPattern().equals(is.patientPattern())) {
        differences.add("data.patient-pattern is another one");
      }
      differ(differences, "data.burned-in", was.burnedIn(), is.burnedIn());
    }
    if (!request.maskNames().isEmpty()) {
      differ(differences, "data.class-names", manifest.classes(), request.maskNames());
    }
    SourceNames names = new SourceNames(request.salt(), List.of());
    if (growth.all().stream()
        .limit(1)
        .anyMatch(s -> !names.sourceId(s.relative()).equals(s.id()))) {
      differences.add("the salt is another one");
    }
    if (!differences.isEmpty()) {
      throw DatasetErrors.usage(
          "DATASET_CANNOT_GROW",
          request.output() + " was prepared otherwise: " + String.join("; ", differences),
          "Use the settings and the salt of then, --overwrite to prepare all anew, or another"
              + " output.");
    }
  }

  private static void requireSamples(
      List<String> differences, Preparation preparation, Sampling sampling) {
    differ(differences, "data.neighbours", preparation.neighbours(), sampling.neighbours());
    if (sampling.depth() > 0) {
      differ(differences, "data.depth", preparation.depth(), sampling.depth());
    }
    if (preparation.sample() == SampleKind.PATCH) {
      List<Integer> patch = List.of(preparation.depth(), preparation.height(), preparation.width());
      differ(differences, "data.patch.size", patch, sampling.patch());
      differ(differences, "data.patch.overlap", preparation.overlap(), sampling.overlap());
    }
  }

  private static void differ(List<String> differences, String what, Object was, Object is) {
    if (!is.equals(was)) {
      differences.add(what + " was " + was + " and is now " + is);
    }
  }

  /** Refuses classes that the old labels do not count. */
  static void requireClasses(PrepareRequest request, Growth growth, List<String> classes) {
    List<String> old = growth.manifest().orElseThrow().classes();
    if (request.task() == Task.CLASSIFICATION && !old.containsAll(classes)) {
      throw DatasetErrors.usage(
          "DATASET_CANNOT_GROW",
          request.output() + " has the classes " + old + ", the collection now has " + classes,
          "Use --overwrite to prepare all anew, or another output.");
    }
  }
}
