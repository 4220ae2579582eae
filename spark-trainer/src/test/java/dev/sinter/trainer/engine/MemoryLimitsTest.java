package dev.sinter.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.error.SinterException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryLimitsTest {
  /** The tests' own limit, by a vector of twice its size. */
  @Test
  void namesJavaCppsLimit() {
    long floats = Pointer.maxBytes() / Float.BYTES * 2;
    SinterException failure =
        catchThrowableOfType(SinterException.class, () -> FlatVector.ofFloats(floats));
    assertThat(failure.code()).isEqualTo("OUT_OF_MEMORY");
    assertThat(failure).hasMessageContaining("JavaCPP's limit").hasMessageContaining("> maxBytes");
    assertThat(failure.remedy()).contains("-Dorg.bytedeco.javacpp.maxbytes");
    assertThat(failure.getCause()).as("Spark would end the executor").isNull();
  }

  @Test
  void namesTheJvmsLimitOfDirectBuffers() {
    List<ByteBuffer> held = new ArrayList<>();
    OutOfMemoryError error =
        catchThrowableOfType(
            OutOfMemoryError.class,
            () -> {
              while (held.size() < 1000) {
                held.add(ByteBuffer.allocateDirect(Integer.MAX_VALUE));
              }
            });
    SinterException failure = MemoryLimits.explain("worker 1", error);
    assertThat(failure).hasMessageStartingWith("worker 1: the JVM's limit of direct buffers");
    assertThat(failure.remedy()).contains("MaxDirectMemorySize");
  }

  @ParameterizedTest
  @CsvSource({
    "Java heap space, spark.executor.memory (",
    "GC overhead limit exceeded, spark.executor.memory (",
    "'unable to create native thread: possibly out of memory', ulimit -u",
    "Metaspace, MaxMetaspaceSize",
    "'failed to allocate 16777216 byte(s) of direct memory (used: 1, max: 2)', MaxDirectMemorySize",
    "'Physical memory usage is too high: physicalBytes (9G) > maxPhysicalBytes (8G)', maxphysicalbytes",
    "malloc, spark.executor.memoryOverhead"
  })
  void namesTheSetting(String message, String setting) {
    assertThat(MemoryLimits.explain("w", new OutOfMemoryError(message)).remedy()).contains(setting);
  }
}
