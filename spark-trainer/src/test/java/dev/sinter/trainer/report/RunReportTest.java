package dev.sinter.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.dataset.Task;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class RunReportTest {
  private static final Pattern LINK =
      Pattern.compile("(?:src|href|action|poster|data)=\"([^\"]*)\"|url\\(([^)]*)\\)|@import");

  @Test
  void isWellFormedForBothTasks() throws Exception {
    Document page = parse(classification());
    assertThat(page.getElementsByTagName("h1").item(0).getTextContent())
        .isEqualTo("mednist-resnet18");
    assertThat(page.getElementsByTagName("img").getLength()).isEqualTo(4);
    assertThat(parse(segmentation()).getElementsByTagName("img").getLength()).isEqualTo(3);
  }

  @Test
  void showsTheHeadlineMetrics() {
    assertThat(classification())
        .contains("96.9%", "0.998", "95% interval 94.6 to 98.3, 360 test images", "6 min 53 s")
        .contains("Most confident mistakes", "Correctly classified", "best ");
    assertThat(segmentation()).contains("0.854", "40 test volumes", "hd95 (mm)", "median ");
  }

  @Test
  void refersToNothingOutside() {
    for (String html : List.of(classification(), segmentation())) {
      Matcher links = LINK.matcher(html);
      while (links.find()) {
        assertThat(links.group()).startsWith("src=\"data:image/png;base64,");
      }
      assertThat(html).doesNotContain("<script", "<link", "http://", "https://");
    }
  }

  @Test
  void isTheSameInEveryLocale() throws IOException {
    Locale before = Locale.getDefault();
    byte[] expected = bytes(ExampleReports.classification(ExampleReports.syntheticImages()));
    try {
      for (String tag : List.of("de-DE", "ar-EG-u-nu-arab", "tr-TR")) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        byte[] actual = bytes(ExampleReports.classification(ExampleReports.syntheticImages()));
        assertThat(actual).as(tag).isEqualTo(expected);
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void ranksMistakesByConfidence() {
    String html = classification();
    assertThat(html.indexOf("83.0%")).isPositive().isLessThan(html.indexOf("61.0%"));
  }

  @Test
  void escapesWhatUsersWrote() throws Exception {
    String evil = "<script>alert(\"1\")</script>&'\u0000";
    ReportContent content =
        bare(evil, new LearningCurves(evil, 1, List.of()), new NoEvaluation(evil));
    String html = RunReport.html(content);
    assertThat(html).doesNotContain("<script");
    assertThat(parse(html).getElementsByTagName("h1").item(0).getTextContent())
        .isEqualTo(evil.replace('\u0000', '\uFFFD'));
  }

  @Test
  void copesWithOneEpochAndNothingMeasured() throws Exception {
    double nan = Double.NaN;
    LearningCurves curves =
        new LearningCurves(
            "accuracy", 1, List.of(new EpochPoint(1, 0.5, nan, nan, 0.01, nan, nan)));
    List<EvaluationSection> results =
        List.of(
            new NoEvaluation("the test split is empty."),
            new ClassificationSection(
                List.of("a", "b"), new long[2][2], nan, nan, nan, List.of(), List.of()),
            new SegmentationSection(
                List.of("background", "a"),
                nan,
                List.of(new SegmentationSection.Overlap("a", nan, nan, nan)),
                List.of(new SegmentationSection.Volume("v", nan)),
                List.of()));
    for (EvaluationSection result : results) {
      String html = RunReport.html(bare("run", curves, result));
      parse(html);
      assertThat(html).doesNotContain("NaN").contains("not measured");
    }
  }

  @Test
  void writesCurvesAsADrawingOfTheirOwn() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TrainingCurves.writeSvg(ExampleReports.classification(List.of()).curves(), out);
    Document svg = parse(out.toString(StandardCharsets.UTF_8));
    assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(svg.getElementsByTagName("g").getLength()).isEqualTo(4);
  }

  private static String classification() {
    return RunReport.html(ExampleReports.classification(ExampleReports.syntheticImages()));
  }

  private static String segmentation() {
    return RunReport.html(ExampleReports.segmentation(ExampleReports.syntheticMasks()));
  }

  private static byte[] bytes(ReportContent content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RunReport.write(content, out);
    return out.toByteArray();
  }

  private static Document parse(String markup) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(markup.getBytes(StandardCharsets.UTF_8)));
  }

  private static ReportContent bare(
      String words, LearningCurves curves, EvaluationSection evaluation) {
    return new ReportContent(
        new RunIdentity(
            words, words, Task.CLASSIFICATION, words, Instant.EPOCH, words, Double.NaN, Double.NaN),
        evaluation,
        curves,
        new ModelSection(0, 0, words, List.of()),
        new DataSection(List.of(words), List.of(), 0, words),
        new TimingSection(
            List.of(new PhaseTiming(words, Double.NaN)), new TimingSection.Step(0, List.of(), 0)),
        new RunSettings(words, List.of(new RunSettings.Fact(words, words)), words, words));
  }
}
