package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureTableTest {
  private static final TableColumns COLUMNS = new TableColumns("label", "who", List.of("comment"));

  private static FeatureTable read(String text) {
    return FeatureTable.labelled("t.csv", "t.csv", text.getBytes(StandardCharsets.UTF_8), COLUMNS);
  }

  @Test
  void readsQuotesAndLineEndsOfAnySystem() {
    FeatureTable table =
        read(
            "\uFEFFwho,\"a, \"\"b\"\"\",label,comment,c\r\n"
                + "p1,1.5,yes,\"two\r\nlines, and a comma\",-2\r\n"
                + "\r\n"
                + "p2, 3e2 ,no,,4");
    assertThat(table.features()).containsExactly("a, \"b\"", "c");
    assertThat(table.rows()).hasSize(2);
    assertThat(table.rows().get(0).values()).containsExactly(1.5f, -2);
    assertThat(table.rows().get(1).values()).containsExactly(300, 4);
    assertThat(table.rows().get(1).label()).isEqualTo("no");
    assertThat(table.rows().get(1).patient()).isEqualTo("p2");
    assertThat(table.rejections()).isEmpty();
  }

  @Test
  void leavesOutRowsThatHoldNoNumbers() {
    FeatureTable table =
        read("who,a,label,comment\np,1,x,\np,?,x,\np,NaN,x,\np,2,x\np,2,,\np,3,y,\n");
    assertThat(table.rows()).extracting(FeatureTable.Row::number).containsExactly(1, 6);
    assertThat(table.rejections())
        .extracting(Rejection::path)
        .containsExactly("t.csv#2", "t.csv#3", "t.csv#4", "t.csv#5");
    assertThat(table.rejections()).allMatch(r -> r.code().equals("ROW_UNREADABLE"));
    assertThat(table.rejections().get(0).message())
        .isEqualTo("line 3: column a is no finite number");
    assertThat(table.rejections().get(2).message()).contains("3 fields");
  }

  @Test
  void aPatientIsOneHoweverItIsQuotedAndNeverEmpty() {
    FeatureTable table = read("who;a;label;comment\n\"P1 \";1;x;\nP1;2;x;\n;3;y;\n\" \";4;y;\n\n");
    assertThat(table.rows()).extracting(FeatureTable.Row::patient).containsExactly("P1", "P1");
    assertThat(table.rejections())
        .extracting(r -> r.path() + " " + r.code())
        .containsExactly("t.csv#3 PATIENT_MISSING", "t.csv#4 PATIENT_MISSING");
  }

  @Test
  void findsFeaturesInAnyOrder() {
    FeatureTable table =
        FeatureTable.unlabelled(
            "new.csv",
            "new.csv",
            "z,b,a\n9,2,1\n".getBytes(StandardCharsets.UTF_8),
            List.of("a", "b"));
    assertThat(table.rows().get(0).values()).containsExactly(1, 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "who,a,label,comment | TABLE_UNREADABLE | no row",
        "who,a,label;p,1,x | TABLE_COLUMN_MISSING | comment",
        "who,a,lable,comment;p,1,x, | TABLE_COLUMN_MISSING | label",
        "who,a,a,label,comment;p,1,1,x, | TABLE_UNREADABLE | twice",
        "who,a,label,comment;p,1,x,\"open | TABLE_UNREADABLE | line 2",
      })
  void refusesTables(String text, String code, String hint) {
    assertThatThrownBy(() -> read(text.replace(';', '\n')))
        .isInstanceOfSatisfying(SinterException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining("t.csv")
        .hasMessageContaining(hint);
  }
}
