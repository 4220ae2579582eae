package dev.sinter.trainer.engine;

import dev.sinter.model.ParameterTensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;

/** Seeded parameters and batches, the same for every engine. */
public final class RandomState {
  private RandomState() {}

  /** Parameters of a plausible size: nothing vanishes, nothing explodes. */
  public static FlatVector parameters(Network network, FlatVector.Precision precision, long seed) {
    long length = network.layout().length();
    FlatVector vector =
        precision == FlatVector.Precision.FLOAT64
            ? FlatVector.ofDoubles(length)
            : FlatVector.ofFloats(length);
    Random random = new Random(seed);
    for (ParameterTensor tensor : network.layout().tensors()) {
      double scale = Math.sqrt(2.0 / (tensor.length() / (double) Math.max(1, fanOut(tensor))));
      double[] values = new double[Math.toIntExact(tensor.length())];
      for (int i = 0; i < values.length; i++) {
        double noise = random.nextGaussian();
        values[i] =
            switch (tensor.key()) {
              case "gamma" -> 1 + 0.2 * noise;
              case "var" -> 1 + 0.5 * Math.abs(noise);
              case "W" -> scale * noise;
              default -> 0.2 * noise;
            };
      }
      write(vector, tensor.offset(), values);
    }
    return vector;
  }

  private static long fanOut(ParameterTensor tensor) {
    long[] shape = tensor.shape();
    return shape.length == 2 ? shape[1] : shape[0];
  }

  /** Gaussian pixels and uniform labels. */
  public static Batch batch(Network network, int samples, long seed) {
    String json = network.configurationJson();
    boolean everywhere = json.contains("CnnLossLayer") || json.contains("Cnn3DLossLayer");
    List<Integer> shape = network.spec().input().dimensions();
    Batch batch =
        everywhere
            ? Batch.withLabelPerPosition(samples, shape)
            : Batch.withLabelPerSample(samples, shape);
    return fill(batch, network.spec().classes(), seed);
  }

  /** Gaussian values and uniform labels. */
  public static Batch fill(Batch batch, int classes, long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < batch.inputs().capacity(); i++) {
      batch.inputs().put(i, (float) random.nextGaussian());
    }
    for (int i = 0; i < batch.labels().capacity(); i++) {
      batch.labels().put(i, random.nextInt(classes));
    }
    return batch;
  }

  /** A range as doubles; a network's many parameters are too slow to read one by one. */
  static double[] read(FlatVector vector, long offset, int count) {
    ByteBuffer bytes = vector.bytes(offset, count);
    double[] values = new double[count];
    if (vector.precision() == FlatVector.Precision.FLOAT64) {
      bytes.asDoubleBuffer().get(values);
    } else {
      FloatBuffer floats = bytes.asFloatBuffer();
      for (int i = 0; i < count; i++) {
        values[i] = floats.get(i);
      }
    }
    return values;
  }

  static void write(FlatVector vector, long offset, double[] values) {
    ByteBuffer bytes = vector.bytes(offset, values.length);
    if (vector.precision() == FlatVector.Precision.FLOAT64) {
      bytes.asDoubleBuffer().put(values);
    } else {
      FloatBuffer floats = bytes.asFloatBuffer();
      for (int i = 0; i < values.length; i++) {
        floats.put(i, (float) values[i]);
      }
    }
  }

  public static double get(FlatVector vector, long index) {
    ByteBuffer bytes = vector.bytes(index, 1);
    return vector.precision() == FlatVector.Precision.FLOAT64
        ? bytes.getDouble(0)
        : bytes.getFloat(0);
  }

  public static void set(FlatVector vector, long index, double value) {
    ByteBuffer bytes = vector.bytes(index, 1);
    if (vector.precision() == FlatVector.Precision.FLOAT64) {
      bytes.putDouble(0, value);
    } else {
      bytes.putFloat(0, (float) value);
    }
  }
}
