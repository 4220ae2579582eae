package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTableTest {
  private static CsvTable table(String text) throws IOException {
    return new CsvTable(
        new BufferedReader(new StringReader(text)),
        problem -> ManifestRows.unreadable("labels.csv", problem, null));
  }

  private static List<List<String>> rows(String text) throws IOException {
    CsvTable table = table(text);
    List<List<String>> rows = new ArrayList<>();
    for (Optional<List<String>> row = table.next(); row.isPresent(); row = table.next()) {
      rows.add(row.get());
    }
    return rows;
  }

  @Test
  void readsQuotesLineEndsAndEmptyLines() throws IOException {
    String text = "\uFEFFfile, label \r\n\"a, b.png\",\"say \"\"x\"\"\"\r\n\r\n c.png , 2 \nd.png,";
    assertThat(table(text).header()).containsExactly("file", "label");
    assertThat(rows(text))
        .containsExactly(
            List.of("a, b.png", "say \"x\""), List.of("c.png", "2"), List.of("d.png", ""));
    assertThat(table("\uFEFF\"who\",b\n").header()).containsExactly("who", "b");
    assertThat(rows("a,b\n\"P1 \",\" x\"\n")).containsExactly(List.of("P1", "x"));
    assertThat(rows("a,b\n\"two\nlines\",1\n")).containsExactly(List.of("two\nlines", "1"));
    assertThat(rows("file\na.png\nb.png")).hasSize(2);
  }

  @Test
  void tellsTheSeparatorByTheFirstLine() throws IOException {
    assertThat(rows("file;label\na,b;1\n")).containsExactly(List.of("a,b", "1"));
    assertThat(rows("file\tlabel\na;b\t1\n")).containsExactly(List.of("a;b", "1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a,b\nSmith\n", "a,b\nSmith,1,2\n", "a,b\n\"Smith,1\n"})
  void namesTheLineAndNotWhatIsInIt(String text) {
    assertThatThrownBy(() -> rows(text))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("MANIFEST_UNREADABLE");
              assertThat(e.getMessage()).doesNotContain("Smith");
            });
  }
}
