package dev.sinter.dataset;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;

/** A Hadoop configuration that can be shipped to executors. */
final class HadoopSettings implements Serializable {
  private static final long serialVersionUID = 1L;

  private final byte[] bytes;
  private transient Configuration configuration;

  HadoopSettings(Configuration configuration) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DataOutputStream data = new DataOutputStream(out)) {
      configuration.write(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    bytes = out.toByteArray();
  }

  synchronized Configuration configuration() {
    if (configuration == null) {
      Configuration read = new Configuration(false);
      try (DataInputStream data = new DataInputStream(new ByteArrayInputStream(bytes))) {
        read.readFields(data);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      configuration = read;
    }
    return configuration;
  }
}
