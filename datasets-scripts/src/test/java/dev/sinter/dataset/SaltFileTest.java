package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import org.junit.jupiter.api.Test;

class SaltFileTest {
  @Test
  void aVariableObeysTheRuleOfTheFile() {
    assertThat(SaltFile.ofVariable("SINTER_SALT", null)).isEmpty();
    assertThat(SaltFile.ofVariable("SINTER_SALT", " ")).isEmpty();
    assertThat(SaltFile.ofVariable("SINTER_SALT", " 0123456789abcdef\n"))
        .contains("0123456789abcdef");
    assertThatThrownBy(() -> SaltFile.ofVariable("SINTER_SALT", "0123456789abcde"))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("SALT_UNUSABLE"))
        .hasMessageContaining("SINTER_SALT")
        .hasMessageContaining("16")
        .hasMessageNotContaining("0123456789");
  }

  @Test
  void theConstantIsKnownToBePublic() {
    PrepareRequest request = PrepareRequest.of("in", "out", Task.CLASSIFICATION);
    assertThat(request.withSalt("sinter").hasPublicSalt()).isTrue();
    assertThat(request.withSalt("0123456789abcdef").hasPublicSalt()).isFalse();
  }
}
