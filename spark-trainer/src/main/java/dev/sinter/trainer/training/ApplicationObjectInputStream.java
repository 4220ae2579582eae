package dev.sinter.trainer.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;

/**
 * Reads objects with the class loader that loaded Sinter, which under spark-submit is not Spark's
 * own.
 */
final class ApplicationObjectInputStream extends ObjectInputStream {
  ApplicationObjectInputStream(InputStream stream) throws IOException {
    super(stream);
  }

  @Override
  protected Class<?> resolveClass(ObjectStreamClass description)
      throws IOException, ClassNotFoundException {
    try {
      return Class.forName(
          description.getName(), false, ApplicationObjectInputStream.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      return super.resolveClass(description);
    }
  }
}
