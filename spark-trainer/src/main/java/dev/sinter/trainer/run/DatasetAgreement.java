package dev.sinter.trainer.run;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.Preparation;
import dev.sinter.dataset.SampleKind;
import dev.sinter.dataset.Sampling;
import dev.sinter.dataset.SplitRatios;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.config.DataConfig;
import dev.sinter.trainer.config.SamplingConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Compares the {@code data} keys with the dataset that is already at {@code data.output}. */
public final class DatasetAgreement {
  private DatasetAgreement() {}

  /**
   * Refuses a dataset that was prepared otherwise than the configuration says.
   *
   * @throws SinterException {@code DATASET_MISMATCH}, naming every key that differs
   */
  public static void require(DataConfig data, DatasetManifest dataset) {
    List<String> differences = new ArrayList<>();
    differ(differences, "data.task", dataset.task().key(), data.task());
    DataConfig.SplitConfig split = data.split();
    differ(
        differences,
        "data.split",
        dataset.splitRatios(),
        new SplitRatios(split.train(), split.val(), split.test(), split.seed()));
    differ(differences, "data.fold", dataset.fold(), data.collection().fold().orElse(""));
    data.size()
        .ifPresent(
            size ->
                differ(
                    differences,
                    "data.size",
                    dataset.height() + " x " + dataset.width(),
                    size[0] + " x " + size[1]));
    if (!data.fit().equals("auto")) {
      differ(
          differences,
          "data.fit",
          dataset.preparation().fit().name().toLowerCase(Locale.ROOT),
          data.fit());
    }
    requireSamples(differences, data.sampling(), dataset.preparation());
    if (!data.classNames().isEmpty()) {
      differ(differences, "data.class-names", dataset.classes(), data.classNames());
    }
    if (!differences.isEmpty()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "DATASET_MISMATCH",
          "the dataset at "
              + data.output()
              + " was prepared otherwise: "
              + String.join("; ", differences),
          "prepare it again with `sinter prepare CONFIG --overwrite`, or set another data.output");
    }
  }

  private static void requireSamples(
      List<String> differences, SamplingConfig config, Preparation preparation) {
    Sampling sampling = config.sampling();
    SampleKind sample = preparation.sample();
    boolean chosen =
        sampling.kind().equals(Sampling.AUTO)
            && (sample == SampleKind.IMAGE || sample == SampleKind.SLICE);
    if (!chosen && !sampling.kind().equals(sample.key())) {
      differ(differences, "data.sample", sample.key(), sampling.kind());
      return; // the other keys belong to another kind
    }
    if (sampling.depth() > 0) {
      differ(differences, "data.depth", preparation.depth(), sampling.depth());
    }
    if (sample == SampleKind.PATCH) {
      differ(
          differences,
          "data.patch.size",
          List.of(preparation.depth(), preparation.height(), preparation.width()),
          sampling.patch());
      differ(differences, "data.patch.overlap", preparation.overlap(), sampling.overlap());
    }
    if (sample == SampleKind.SLICE) {
      differ(differences, "data.neighbours", preparation.neighbours(), sampling.neighbours());
    }
    if (sample != SampleKind.ROW) {
      differ(differences, "data.transforms", preparation.transforms(), sampling.transforms());
    }
    if (preparation.source().equals(Preparation.VOLUME)) {
      differ(differences, "data.slice-axis", preparation.sliceAxis(), config.sliceAxis());
    }
  }

  private static void differ(List<String> differences, String key, Object was, Object is) {
    if (!was.equals(is)) {
      differences.add(key + " was " + was + " and is now " + is);
    }
  }
}
