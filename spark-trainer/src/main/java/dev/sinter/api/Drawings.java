package dev.sinter.api;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.Sample;
import dev.sinter.trainer.prediction.Example;
import dev.sinter.trainer.report.ExamplePicture;
import dev.sinter.trainer.report.LearningCurves;
import dev.sinter.trainer.report.PictureGrid;
import dev.sinter.trainer.report.PictureGrid.Tile;
import dev.sinter.trainer.report.TrainingCurves;
import dev.sinter.trainer.run.TestResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** The report's drawings as text that a notebook shows. */
final class Drawings {
  private Drawings() {}

  static String svg(LearningCurves curves) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      TrainingCurves.writeSvg(curves, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** A drawing brings style sheets; in an image they do not reach the page around it. */
  static String image(String svg) {
    return "<img style=\"max-width:100%\" alt=\"learning curves\" src=\"data:image/svg+xml;base64,"
        + Base64.getEncoder().encodeToString(svg.getBytes(StandardCharsets.UTF_8))
        + "\"/>";
  }

  static String examples(TestResult result, int most) {
    if (result.segmentation() != null) {
      List<String> classes = result.segmentation().classes();
      return PictureGrid.html(
          classes, result.examples().stream().limit(most).map(Drawings::segmented).toList());
    }
    if (result.classification() == null) {
      return PictureGrid.html(List.of(), List.of());
    }
    List<String> classes = result.classification().classes();
    return PictureGrid.html(
        List.of(),
        result.examples().stream().limit(most).map(one -> classified(one, classes)).toList());
  }

  private static Tile segmented(Example example) {
    return new Tile(
        picture(example),
        List.of(example.trueMask(), example.predictedMask()),
        "image, truth, model; Dice " + String.format(Locale.ROOT, "%.3f", example.confidence()));
  }

  private static Tile classified(Example example, List<String> classes) {
    String truth = classes.get(example.truth());
    String predicted = classes.get(example.predicted());
    return new Tile(
        picture(example),
        List.of(),
        (truth.equals(predicted) ? truth : truth + ", taken for " + predicted)
            + String.format(Locale.ROOT, " (%.0f %%)", 100 * example.confidence()));
  }

  static String samples(DatasetManifest manifest, List<Sample> samples) {
    List<Tile> tiles = new ArrayList<>();
    for (Sample sample : samples) {
      if (sample.isPicture()) {
        Example example = Example.unpredicted(sample);
        boolean masked = sample.label() < 0;
        tiles.add(
            new Tile(
                picture(example),
                masked ? List.of(example.trueMask()) : List.of(),
                masked ? sample.id() : manifest.classes().get(sample.label())));
      }
    }
    boolean masks = !manifest.maskValues().isEmpty();
    return PictureGrid.html(masks ? manifest.classes() : List.of(), tiles);
  }

  private static ExamplePicture picture(Example example) {
    return new ExamplePicture(
        example.id(), example.channels(), example.height(), example.width(), example.pixels());
  }
}
