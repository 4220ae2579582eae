package dev.sinter.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativeLibrariesTest {
  @ParameterizedTest
  @CsvSource({
    "fpu sse4_2 avx avx2 fma avx512f avx512bw avx512dq avx512vl avx512_bf16, -onednn-avx512",
    "fpu sse4_2 avx avx2 fma avx512f, -onednn-avx2",
    "fpu sse4_2 avx avx2 fma, -onednn-avx2",
    "fpu sse4_2 avx avx2, ''",
    "fpu sse4_2, ''",
    "'', ''"
  })
  void followsTheCpu(String flags, String extension) {
    assertThat(NativeLibraries.extensionFor(new Processor(Set.of(flags.split(" ")))))
        .isEqualTo(extension);
  }

  /** Stands for a class whose initialisation an interruption would end for good. */
  static final class Probe {
    static final boolean WAS_INTERRUPTED = Thread.currentThread().isInterrupted();

    private Probe() {}
  }

  @Test
  void aTaskThatIsKilledMeanwhileLoadsAllTheSame() {
    Thread.currentThread().interrupt();
    NativeLibraries.load(Probe.class.getName());
    assertThat(Thread.interrupted()).as("is told to whoever waits next").isTrue();
    assertThat(Probe.WAS_INTERRUPTED).isFalse();
  }

  @Test
  void aLibraryThatIsMissingIsSaid() {
    assertThatThrownBy(() -> NativeLibraries.load(Missing.class.getName()))
        .isInstanceOf(LinkageError.class)
        .hasMessageContaining("nowhere-to-be-found");
  }

  /** A class whose library is nowhere. */
  static final class Missing {
    static {
      System.loadLibrary("nowhere-to-be-found");
    }

    private Missing() {}
  }

  /** libtorch's presets read the first entry, javacpp the end of the whole. */
  @ParameterizedTest
  @CsvSource({"-onednn-avx512, -gpu:-onednn-avx512:-gpu", "'', -gpu"})
  void listsTheGpuFirstAndLast(String forCpu, String extension) {
    assertThat(NativeLibraries.withGpu(forCpu)).isEqualTo(extension);
  }
}
