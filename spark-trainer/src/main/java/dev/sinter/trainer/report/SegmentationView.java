package dev.sinter.trainer.report;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/** Result of a segmentation: classes, volumes, and masks laid over their images. */
final class SegmentationView {
  private static final int MAX_PICTURES = 12;
  private static final int PICTURE_SIDE = 192;

  private SegmentationView() {}

  static void write(MarkupWriter out, SegmentationSection result) {
    out.open("section").element("h2", "Test result");
    out.open("div", "class", "columns");
    out.open("div");
    writeOverlaps(out, result);
    String note = "Means over volumes. hd95: 95th percentile of the surface distance.";
    out.element("p", note, "class", "note");
    out.close("div");
    out.open("div");
    double[] dice =
        result.volumes().stream().mapToDouble(SegmentationSection.Volume::dice).toArray();
    new DotPlot("volume", dice).write(out);
    out.close("div");
    out.close("div");
    writeExamples(out, result);
    out.close("section");
  }

  private static void writeOverlaps(MarkupWriter out, SegmentationSection result) {
    Table table = Table.begin(out, List.of("class", "Dice", "IoU", "hd95 (mm)"));
    for (SegmentationSection.Overlap overlap : result.overlaps()) {
      int label = Math.max(1, result.classes().indexOf(overlap.name()));
      table.swatchRow(
          css(label),
          overlap.name(),
          Numbers.decimal(overlap.dice(), 3),
          Numbers.decimal(overlap.iou(), 3),
          Numbers.decimal(overlap.hd95(), 2));
    }
    table.end();
  }

  private static void writeExamples(MarkupWriter out, SegmentationSection result) {
    if (result.examples().isEmpty()) {
      return;
    }
    out.element("h3", "Masks");
    out.open("p", "class", "legend-line");
    for (int label = 1; label < result.classes().size(); label++) {
      out.open("span", "class", "entry");
      Table.swatch(out, css(label)).text(result.classes().get(label)).close("span");
    }
    out.close("p");
    out.open("div", "class", "triples");
    result.examples().stream().limit(MAX_PICTURES).forEach(example -> writeExample(out, example));
    out.close("div");
  }

  private static void writeExample(MarkupWriter out, SegmentationSection.Example example) {
    ExamplePicture picture = example.picture();
    Magnification size = Magnification.towards(PICTURE_SIDE, picture);
    out.open("figure", "class", "triple");
    out.open("div", "class", "row");
    write(out, "image", Pictures.render(picture, size));
    write(out, "truth", MaskOverlay.compose(picture, example.truth(), size));
    write(out, "model", MaskOverlay.compose(picture, example.prediction(), size));
    out.close("div");
    out.open("figcaption");
    out.element("span", picture.id(), "class", "word");
    out.element("span", "Dice " + Numbers.decimal(example.dice(), 3), "class", "number");
    out.close("figcaption").close("figure");
  }

  private static void write(MarkupWriter out, String name, BufferedImage image) {
    out.open("div", "class", "panel");
    out.element("span", name, "class", "key");
    out.empty("img", "src", Pictures.dataUri(Pictures.png(image)), "alt", name);
    out.close("div");
  }

  private static String css(int label) {
    return String.format(Locale.ROOT, "#%06x", MaskOverlay.color(label));
  }
}
