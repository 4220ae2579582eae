package dev.sinter.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
  @ParameterizedTest
  @CsvSource({
    "s3a://KEY:SECRET@bucket/a, s3a://***@bucket/a",
    "s3a://KEY:SEC/RE+T@bucket/a, s3a://***@bucket/a",
    "ftp://user:8021@host/a, ftp://***@host/a",
    "ftp://user:p@ss@host/a, ftp://***@host/a",
    "--input=sftp://u:p@host:22/a b, --input=sftp://***@host:22/a b",
    "from s3a://a:b@c to s3a://d:e@f, from s3a://***@c to s3a://***@f",
    "s3a://:SECRET@bucket, s3a://***@bucket",
  })
  void takesPasswordsOut(String text, String shown) {
    assertThat(Redaction.of(text)).isEqualTo(shown);
    assertThat(Redaction.holdsPassword(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hdfs://namenode:8020/data/a@b",
        "hdfs:///data/a:b@c",
        "abfs://container@account.dfs.core.windows.net/data",
        "spark://host:7077",
        "/data/images: 3@5",
        "a://b:1"
      })
  void leavesOtherLocationsAsTheyAre(String text) {
    assertThat(Redaction.of(text)).isEqualTo(text);
    assertThat(Redaction.holdsPassword(text)).isFalse();
  }

  @Test
  void refusesWithoutShowing() {
    assertThatThrownBy(() -> Redaction.requireNone("data.input", "s3a://KEY:SECRET@bucket"))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("LOCATION_HAS_PASSWORD");
              assertThat(e.getMessage() + e.remedy())
                  .contains("data.input", "s3a://***@bucket", "credential")
                  .doesNotContain("KEY", "SECRET");
            });
  }
}
