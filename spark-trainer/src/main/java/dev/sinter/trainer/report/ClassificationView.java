package dev.sinter.trainer.report;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Result of a classifier: confusion matrix, classes, and pictures of mistakes and successes. */
final class ClassificationView {
  private static final int MAX_MISTAKES = 12;
  private static final int MAX_PER_CLASS = 6;
  private static final int MAX_CLASSES_SHOWN = 24;
  private static final int PICTURE_SIDE = 128;

  private ClassificationView() {}

  static void write(MarkupWriter out, ClassificationSection result) {
    out.open("section").element("h2", "Test result");
    boolean narrow = result.classes().size() <= ConfusionMatrixChart.MAX_NARROW;
    out.open("div", "class", narrow ? "columns" : "stack");
    out.open("div");
    new ConfusionMatrixChart(result.classes(), result.confusion()).write(out);
    out.element("p", "Shades are shares of the row, so of the true class.", "class", "note");
    out.close("div");
    out.open("div");
    writeClasses(out, result);
    out.close("div");
    out.close("div");
    writeMistakes(out, result);
    writeSuccesses(out, result);
    out.close("section");
  }

  private static void writeClasses(MarkupWriter out, ClassificationSection result) {
    boolean withAuroc = result.aurocPerClass().size() == result.classes().size();
    Table table =
        Table.begin(
            out,
            withAuroc
                ? List.of("class", "images", "recall", "precision", "F1", "AUROC")
                : List.of("class", "images", "recall", "precision", "F1"));
    for (int c = 0; c < result.classes().size(); c++) {
      int index = c;
      long hits = result.confusion()[c][c];
      long truths = LongStream.of(result.confusion()[c]).sum();
      long predictions =
          IntStream.range(0, result.classes().size())
              .mapToLong(row -> result.confusion()[row][index])
              .sum();
      String name = result.classes().get(c);
      String images = Numbers.grouped(truths);
      String recall = ratio(hits, truths);
      String precision = ratio(hits, predictions);
      String f1 = ratio(2 * hits, truths + predictions);
      if (withAuroc) {
        String auroc = Numbers.decimal(result.aurocPerClass().get(c), 3);
        table.row(name, images, recall, precision, f1, auroc);
      } else {
        table.row(name, images, recall, precision, f1);
      }
    }
    table.end();
  }

  private static String ratio(long part, long whole) {
    return whole == 0 ? Numbers.MISSING : Numbers.decimal((double) part / whole, 3);
  }

  private static void writeMistakes(MarkupWriter out, ClassificationSection result) {
    List<ClassificationSection.Example> mistakes =
        result.examples().stream()
            .filter(example -> !example.correct())
            .sorted(byConfidence())
            .limit(MAX_MISTAKES)
            .toList();
    if (!mistakes.isEmpty()) {
      out.element("h3", "Most confident mistakes");
      out.open("div", "class", "gallery");
      mistakes.forEach(example -> writeExample(out, result, example));
      out.close("div");
    }
  }

  private static void writeSuccesses(MarkupWriter out, ClassificationSection result) {
    if (result.examples().stream().noneMatch(ClassificationSection.Example::correct)) {
      return;
    }
    out.element("h3", "Correctly classified");
    int shown = Math.min(MAX_CLASSES_SHOWN, result.classes().size());
    for (int c = 0; c < shown; c++) {
      int label = c;
      List<ClassificationSection.Example> hits =
          result.examples().stream()
              .filter(example -> example.correct() && example.truth() == label)
              .limit(MAX_PER_CLASS)
              .toList();
      if (!hits.isEmpty()) {
        out.open("div", "class", "gallery strip");
        hits.forEach(example -> writeExample(out, result, example));
        out.close("div");
      }
    }
  }

  private static void writeExample(
      MarkupWriter out, ClassificationSection result, ClassificationSection.Example example) {
    ExamplePicture picture = example.picture();
    byte[] png =
        Pictures.png(Pictures.render(picture, Magnification.towards(PICTURE_SIDE, picture)));
    String truth = result.classes().get(example.truth());
    String predicted = result.classes().get(example.prediction());
    out.open("figure", "title", picture.id());
    out.empty("img", "src", Pictures.dataUri(png), "alt", truth + " predicted as " + predicted);
    out.open("figcaption");
    String confidence = Numbers.percent(example.confidence()) + " confident";
    if (example.correct()) {
      out.element("span", truth, "class", "word whole");
      out.element("span", "correct, " + confidence, "class", "number whole");
    } else {
      out.element("span", "truth", "class", "key").element("span", truth, "class", "word");
      out.element("span", "model", "class", "key");
      out.element("span", predicted, "class", "word mistake");
      out.element("span", confidence, "class", "number whole");
    }
    out.close("figcaption").close("figure");
  }

  private static Comparator<ClassificationSection.Example> byConfidence() {
    return Comparator.comparingDouble(ClassificationSection.Example::confidence)
        .reversed()
        .thenComparing(example -> example.picture().id());
  }
}
