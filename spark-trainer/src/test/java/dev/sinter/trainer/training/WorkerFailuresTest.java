package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.EOFException;
import java.io.IOException;
import java.io.NotSerializableException;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WorkerFailuresTest {
  private static SinterException resources(String code) {
    return new SinterException(ErrorCategory.RESOURCES, code, "problem", "remedy");
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(resources("PEER_LOST"), "PEER_LOST", true),
        Arguments.of(resources("DISK_FULL"), "DISK_FULL", false),
        Arguments.of(new OutOfMemoryError("heap"), "OUT_OF_MEMORY", false),
        Arguments.of(new UnsatisfiedLinkError("no jnitorch"), "NATIVE_LIBRARY_MISSING", false),
        Arguments.of(
            new IllegalStateException(new ExceptionInInitializerError()),
            "NATIVE_LIBRARY_MISSING",
            false),
        Arguments.of(new EOFException("cut"), "FILE_SYSTEM_FAILURE", true),
        Arguments.of(new SparkException("barrier"), "WORKER_FAILED", true),
        Arguments.of(new AssertionError("no"), "INTERNAL_ERROR", false),
        Arguments.of(new NullPointerException(), "INTERNAL_ERROR", false));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void everyFailureHasACode(Throwable thrown, String code, boolean restarts) {
    SinterException failure = WorkerFailures.coded(1, thrown);
    assertThat(failure.code()).isEqualTo(code);
    assertThat(WorkerFailures.restarts(failure)).isEqualTo(restarts);
    // Spark ends the executor, or the driver itself in local mode, for an error among the causes.
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      assertThat(cause instanceof Error).isFalse();
    }
  }

  @Test
  void aFailureReachesTheDriverWithoutItsCauseIfNeedBe() throws IOException {
    Object lock = new Object();
    @SuppressWarnings("serial")
    class Unserialisable extends RuntimeException {
      private static final long serialVersionUID = 1L;
      private final Object field = lock;

      @Override
      public String getMessage() {
        return "the reason, " + field.getClass().getSimpleName();
      }
    }
    SinterException failure =
        new SinterException(ErrorCategory.DATA, "SHARD_UNREADABLE", "p", "r", new Unserialisable());
    WorkerMessage.Failed failed = new WorkerMessage.Failed(2, 1, false, failure);
    assertThatThrownBy(() -> DriverChannel.serialise(failed))
        .hasCauseInstanceOf(NotSerializableException.class);

    WorkerMessage.Failed plain = failed.withoutCauses();

    assertThat(DriverChannel.serialise(plain)).isNotEmpty();
    assertThat(plain.failure().code()).isEqualTo("SHARD_UNREADABLE");
    assertThat(plain.failure()).hasMessageEndingWith(": the reason, Object)");
  }

  @Test
  void whatPeersSayDoesNotHideTheCause() {
    WorkerMessage.Failed lost = new WorkerMessage.Failed(3, 0, true, resources("PEER_LOST"));
    WorkerMessage.Failed disk =
        new WorkerMessage.Failed(3, 1, true, resources("FILE_SYSTEM_FAILURE"));
    WorkerMessage.Failed next = new WorkerMessage.Failed(4, 0, true, resources("PEER_LOST"));
    assertThat(WorkerFailures.cause(null, lost)).isSameAs(lost);
    assertThat(WorkerFailures.cause(lost, disk)).isSameAs(disk);
    assertThat(WorkerFailures.cause(disk, lost)).isSameAs(disk);
    assertThat(WorkerFailures.cause(disk, next)).isSameAs(next);
  }
}
