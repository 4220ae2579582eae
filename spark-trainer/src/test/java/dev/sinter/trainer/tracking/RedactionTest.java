package dev.sinter.trainer.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RedactionTest {
  @Test
  void hidesCredentialsInUris() {
    assertThat(Redaction.ofText("s3a://key:se/cret@bucket/a and hdfs://name:8020/b"))
        .isEqualTo("s3a://***@bucket/a and hdfs://name:8020/b");
    assertThat(Redaction.ofText("at https://user:hunter2@host:5000/x"))
        .isEqualTo("at https://***@host:5000/x");
    assertThat(Redaction.ofText("{input: 'wasbs://c@account/x?sig=abc%2F', size: [1, 2]}"))
        .isEqualTo("{input: 'wasbs://***@account/x?***', size: [1, 2]}");
  }

  @Test
  void hidesValuesOfKeysThatAreNamedLikeSecrets() {
    assertThat(Redaction.ofYaml("a:\n  api-token: xyz\n  tokens-seen: 3\n  salt: 'q'\n"))
        .isEqualTo("a:\n  api-token: ***\n  tokens-seen: 3\n  salt: ***\n");
    assertThat(
            Redaction.ofSettings(
                new TreeMap<>(Map.of("a.password", "x", "a.b", "http://u:p@h/", "c", "d"))))
        .isEqualTo(Map.of("a.password", "***", "a.b", "http://***@h/", "c", "d"));
  }
}
