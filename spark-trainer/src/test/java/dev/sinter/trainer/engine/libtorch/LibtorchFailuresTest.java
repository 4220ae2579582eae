package dev.sinter.trainer.engine.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.error.SinterException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LibtorchFailuresTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has ... | OUT_OF_MEMORY | train.micro-batch-size",
        "CUDA error: out of memory | OUT_OF_MEMORY | train.micro-batch-size",
        "CUDA error: no kernel image is available for execution on the device | GPU_NOT_SUPPORTED | 7.5",
        "nll_loss2d_forward_out_cuda_template does not have a deterministic implementation, but you set ..."
            + " | OPERATION_NOT_DETERMINISTIC | engine.deterministic: false",
      })
  void namesTheVertexAndTheNextStep(String message, String code, String remedy) {
    SinterException failure = LibtorchFailures.explain(new RuntimeException(message), "stage1");
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.getMessage()).contains("stage1").contains(message);
    assertThat(failure.remedy()).contains(remedy);
  }
}
