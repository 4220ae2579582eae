package dev.sinter.trainer.doctor;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.spark.SparkEnv;

/**
 * What an executor answers. Shipped as bytes, which every serializer takes.
 *
 * @param executor Spark's id of it
 * @param host where it runs
 * @param value what it found; null with a failure
 * @param failure what it could not; null with a value
 */
record Answer<T extends Serializable>(
    String executor, String host, T value, SinterException failure) implements Serializable {

  static <T extends Serializable> Answer<T> of(T value) {
    return new Answer<>(SparkEnv.get().executorId(), hostName(), value, null);
  }

  static <T extends Serializable> Answer<T> failed(Throwable thrown) {
    return new Answer<>(SparkEnv.get().executorId(), hostName(), null, coded(thrown));
  }

  /** Without what caused it, which the driver may not be able to read. */
  private static SinterException coded(Throwable thrown) {
    if (thrown instanceof SinterException known) {
      return new SinterException(
          known.category(), known.code(), known.getMessage(), known.remedy());
    }
    return new SinterException(
        ErrorCategory.RESOURCES,
        "EXECUTOR_NO_ANSWER",
        thrown.toString().lines().findFirst().orElse(""),
        "see the log of that executor");
  }

  private static String hostName() {
    return SparkEnv.get().blockManager().blockManagerId().host();
  }

  /** Names the executor in messages. */
  String who() {
    return executor.equals("driver") ? "this process" : "executor " + executor + " on " + host;
  }

  /** The value, or the failure with the executor's name. */
  T require() {
    if (failure == null) {
      return value;
    }
    throw new SinterException(
        failure.category(), failure.code(), who() + ": " + failure.getMessage(), failure.remedy());
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @SuppressWarnings("unchecked") // of the probe that was sent
  static <T extends Serializable> Answer<T> fromBytes(byte[] bytes) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (Answer<T>) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException("an executor's answer cannot be read", e);
    }
  }
}
