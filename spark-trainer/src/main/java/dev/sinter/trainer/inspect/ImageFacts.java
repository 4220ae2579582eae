package dev.sinter.trainer.inspect;

import dev.sinter.dataset.source.ContainerSource;
import dev.sinter.dataset.source.Geometry;
import dev.sinter.dataset.source.PixelSummary;
import dev.sinter.dataset.source.RawSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The keys of an image, a volume or arrays. */
final class ImageFacts {

  private ImageFacts() {}

  /** The keys that every image has, without values. */
  static Map<String, Object> none() {
    Map<String, Object> facts = new LinkedHashMap<>();
    for (String key :
        List.of(
            "format",
            "shape",
            "dtype",
            "min",
            "max",
            "mean",
            "pixels_sha256",
            "spacing",
            "orientation",
            "rescaled_min",
            "rescaled_max",
            "rescaled_mean")) {
      facts.put(key, null);
    }
    return facts;
  }

  static Map<String, Object> of(RawSource source) {
    Map<String, Object> facts = none();
    facts.put("format", source.format());
    putPixels(facts, PixelSummary.of(source));
    Geometry geometry = source.geometry();
    facts.put("spacing", geometry.spacing().length == 0 ? null : geometry.spacing());
    facts.put("orientation", geometry.orientation().isEmpty() ? null : geometry.orientation());
    facts.put("affine", geometry.affine().length == 0 ? null : rows(geometry.affine()));
    facts.put("slope", source.scaling().slope());
    facts.put("intercept", source.scaling().intercept());
    facts.put("notes", source.notes());
    return facts;
  }

  static Map<String, Object> of(ContainerSource container) {
    Map<String, Object> facts = none();
    facts.put("format", container.format());
    List<Map<String, Object>> arrays = new ArrayList<>();
    for (ContainerSource.Entry entry : container.entries()) {
      Map<String, Object> array = new LinkedHashMap<>();
      array.put("name", entry.name());
      putPixels(array, PixelSummary.of(container.array(entry.name())));
      arrays.add(array);
    }
    if (arrays.size() == 1) {
      facts.putAll(arrays.get(0));
      facts.remove("name");
    }
    facts.put("arrays", arrays);
    return facts;
  }

  private static void putPixels(Map<String, Object> facts, PixelSummary pixels) {
    facts.put("shape", pixels.shape());
    facts.put("samples", pixels.samples());
    facts.put("dtype", pixels.type().key());
    facts.put("min", number(pixels.stored().min()));
    facts.put("max", number(pixels.stored().max()));
    facts.put("mean", number(pixels.stored().mean()));
    facts.put("pixels_sha256", pixels.sha256());
    facts.put("rescaled_min", number(pixels.rescaled().min()));
    facts.put("rescaled_max", number(pixels.rescaled().max()));
    facts.put("rescaled_mean", number(pixels.rescaled().mean()));
    facts.put("nan_values", pixels.nans());
    facts.put("infinite_values", pixels.infinities());
  }

  /** JSON knows no infinity: it is a text, as an undefined number is null. */
  private static Object number(double value) {
    return Double.isInfinite(value) ? value > 0 ? "inf" : "-inf" : value;
  }

  private static List<double[]> rows(double[] affine) {
    List<double[]> rows = new ArrayList<>();
    for (int row = 0; row < 4; row++) {
      rows.add(Arrays.copyOfRange(affine, 4 * row, 4 * row + 4));
    }
    return rows;
  }
}
