package dev.sinter.dataset;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Work for executors in packed parts: the driver holds some tens of bytes for each file instead of
 * an object with its paths.
 */
final class Batches {
  /** Small images cost less than a task does, so a task takes many; volumes are few anyway. */
  private static final int PER_TASK = 512;

  private Batches() {}

  /** How many parts. */
  static int count(int items, int parallelism) {
    return Math.max(1, Math.min(items, Math.max(items / PER_TASK, parallelism * 2)));
  }

  /** Packs items 0 to {@code items} in their order. */
  static <T extends Serializable> List<byte[]> pack(
      int items, int parallelism, IntFunction<T> item) {
    int count = count(items, parallelism);
    List<byte[]> batches = new ArrayList<>(count);
    for (int batch = 0; batch < count; batch++) {
      ArrayList<T> part = new ArrayList<>();
      int end = (int) ((long) items * (batch + 1) / count);
      for (int i = (int) ((long) items * batch / count); i < end; i++) {
        part.add(item.apply(i));
      }
      batches.add(Wire.packDense(part));
    }
    return batches;
  }

  /** The items of a part. */
  @SuppressWarnings("unchecked") // what pack wrote
  static <T extends Serializable> List<T> unpack(byte[] batch) {
    return (List<T>) Wire.unpackDense(ArrayList.class, batch);
  }
}
