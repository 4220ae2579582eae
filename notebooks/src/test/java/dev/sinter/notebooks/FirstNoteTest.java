package dev.sinter.notebooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(Lifecycle.PER_CLASS)
class FirstNoteTest {
  private Interpreters interpreters;

  @BeforeAll
  void open(@TempDir Path runs) {
    interpreters = NoteRun.interpreters(runs);
  }

  @AfterAll
  void close() throws Exception {
    interpreters.close();
  }

  @Test
  void trainsAndShowsCurvesAndConfusion() {
    FirstNoteExpectations.check(NoteRun.of("1-first-experiment.zpln", interpreters));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          spark     | undefinedName + 1                         | not found: value undefinedName
          spark     | sys.error("broken on purpose")            | broken on purpose
          spark     | dev.sinter.api.SinterModel.load(spark, "/nowhere") | there is no file:/nowhere
          spark.sql | SELECT nothing FROM nowhere               | nowhere
          spark     | val unfinished = Seq(1,                   | INCOMPLETE
          """)
  void failsWithParagraph(String interpreter, String code, String message) {
    Paragraph good = new Paragraph("good", "1", "spark", "println(6 * 7)");
    Paragraph bad = new Paragraph("bad", "2", interpreter, code);

    assertThat(interpreters.run(new Note("good", List.of(good))).get(0).data("TEXT"))
        .contains("42");
    assertThatThrownBy(() -> interpreters.run(new Note("bad", List.of(good, bad, good))))
        .isInstanceOf(NoteFailure.class)
        .hasMessageContaining("'bad'")
        .hasMessageContaining(message);
  }

  @Test
  void caseClassOfParagraphCanBeEncoded() {
    Paragraph paragraph =
        new Paragraph(
            "",
            "1",
            "spark",
            """
            case class Point(a: Int, b: Double)
            val points = spark.createDataset((1 to 9).map(i => Point(i, math.sqrt(i))))

            println(points
              .filter(_.b > 2)
              .count())
            // a comment at the end
            """);

    assertThat(interpreters.run(new Note("", List.of(paragraph))).get(0).data("TEXT"))
        .endsWith("5\n");
  }
}
