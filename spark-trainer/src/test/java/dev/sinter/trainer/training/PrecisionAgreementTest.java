package dev.sinter.trainer.training;

import static dev.sinter.trainer.engine.ComputePrecision.BF16;
import static dev.sinter.trainer.engine.ComputePrecision.FP32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PrecisionAgreementTest {
  @Test
  void takesWhatAllWorkersHave() {
    assertThat(PrecisionAgreement.common(List.of(BF16, BF16))).isEqualTo(BF16);
    assertThat(PrecisionAgreement.common(List.of(BF16, FP32, BF16))).isEqualTo(FP32);
    assertThat(PrecisionAgreement.common(List.of(FP32))).isEqualTo(FP32);
  }
}
