package dev.sinter.trainer.config;

import dev.sinter.dataset.SampleKind;
import dev.sinter.dataset.Sampling;
import dev.sinter.dataset.TableColumns;
import dev.sinter.dataset.Transforms;
import dev.sinter.error.SinterException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The keys under {@code data} that say what a sample is and what is done to sources before.
 *
 * @param sampling kind of samples, patches, transforms, table
 * @param sliceAxis axis that volumes are cut along, or whose slices follow each other
 */
public record SamplingConfig(Sampling sampling, int sliceAxis) {

  static SamplingConfig read(ConfigSection section) {
    List<String> kinds = new ArrayList<>(List.of(Sampling.AUTO));
    kinds.addAll(SampleKind.keys());
    String kind = section.oneOf("sample", Sampling.AUTO, kinds);
    int sliceAxis = section.integer("slice-axis", 2, 0, 2);
    int depth = section.integer("depth", 0, 0, 16384);
    int neighbours = section.integer("neighbours", 0, 0, 16);
    ConfigSection patch = section.section("patch");
    List<Integer> size = patch.wholes("size", "[slices, rows, columns]", List.of(3), 1, 4096);
    double overlap = patch.number("overlap", Sampling.DEFAULT_OVERLAP, 0, 0.9);
    patch.reportUnknownKeys();
    Transforms transforms = transforms(section.section("transforms"));
    TableColumns table = table(section.section("table"));
    try {
      return new SamplingConfig(
          new Sampling(kind, depth, size, overlap, neighbours, transforms, table), sliceAxis);
    } catch (SinterException e) {
      section.problem("sample", e.getMessage() + "; " + e.remedy());
      return new SamplingConfig(Sampling.DEFAULT, sliceAxis);
    }
  }

  private static Transforms transforms(ConfigSection section) {
    List<Double> spacing =
        section.decimals("spacing", "[slices, rows, columns] in mm", List.of(3), 0.001, 1000);
    String crop = section.oneOf("crop", "none", List.of("none", "centre", "foreground"));
    List<Integer> cropSize =
        section.wholes(
            "crop-size",
            "[slices, rows, columns] of volumes or [rows, columns] of images",
            List.of(2, 3),
            1,
            16384);
    List<Double> window = section.decimals("window", "[centre, width]", List.of(2), -1e9, 1e9);
    List<Double> percentiles =
        section.decimals("clip-percentiles", "[low, high]", List.of(2), 0, 100);
    String normalize = section.oneOf("normalize", "auto", List.of("auto", "dataset", "source"));
    section.reportUnknownKeys();
    try {
      return new Transforms(
          spacing,
          Transforms.Crop.valueOf(crop.toUpperCase(Locale.ROOT)),
          cropSize,
          window,
          percentiles,
          Transforms.Normalize.valueOf(normalize.toUpperCase(Locale.ROOT)));
    } catch (SinterException e) {
      section.problem("crop", e.getMessage() + "; " + e.remedy());
      return Transforms.NONE;
    }
  }

  private static TableColumns table(ConfigSection section) {
    String label = section.optional("label").orElse(TableColumns.DEFAULT.label());
    String patient = section.optional("patient").orElse("");
    List<String> ignored = section.texts("ignore");
    section.reportUnknownKeys();
    return new TableColumns(label, patient, ignored);
  }

  /** What a sample is; empty when the collection decides between images and slices. */
  Optional<SampleKind> kind() {
    return SampleKind.byKey(sampling.kind());
  }

  /** Whether samples are brought to a size: patches have their own, and rows none. */
  boolean hasSize() {
    return kind().stream().noneMatch(kind -> kind == SampleKind.PATCH || kind == SampleKind.ROW);
  }
}
