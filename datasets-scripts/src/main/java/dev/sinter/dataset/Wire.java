package dev.sinter.dataset;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Records as bytes between driver and executors.
 *
 * <p>Spark then ships byte arrays only, which every serializer knows: a session that demands Kryo
 * registration works without registering anything of this module.
 */
final class Wire {

  private Wire() {}

  static byte[] pack(Serializable value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ObjectOutputStream objects = new ObjectOutputStream(out)) {
      objects.writeObject(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Smaller: for lists of paths, which begin alike. */
  static byte[] packDense(Serializable value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    try (DeflaterOutputStream dense = new DeflaterOutputStream(out, deflater)) {
      dense.write(pack(value));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      deflater.end();
    }
    return out.toByteArray();
  }

  static <T> T unpackDense(Class<T> type, byte[] bytes) {
    try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
      return unpack(type, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static <T> T unpack(Class<T> type, byte[] bytes) {
    try (ObjectInputStream objects =
        new ObjectInputStream(new ByteArrayInputStream(bytes)) {
          @Override
          protected Class<?> resolveClass(java.io.ObjectStreamClass description)
              throws IOException, ClassNotFoundException {
            // In an executor this class may come from another loader than the application's.
            return Class.forName(description.getName(), false, Wire.class.getClassLoader());
          }
        }) {
      return type.cast(objects.readObject());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
