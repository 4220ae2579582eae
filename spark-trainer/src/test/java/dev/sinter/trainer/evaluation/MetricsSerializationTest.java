package dev.sinter.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsSerializationTest {
  private static final List<String> NAMES = List.of("a", "b");

  @Test
  void carriesClassificationToTheDriver() throws IOException, ClassNotFoundException {
    ClassificationMetrics metrics = new ClassificationMetrics(2);
    metrics.add(0, 0.7f, 0.3f);
    metrics.add(1, 0.6f, 0.4f);
    ClassificationMetrics received = (ClassificationMetrics) shipped(metrics);
    assertThat(received.result("test", 1, NAMES)).isEqualTo(metrics.result("test", 1, NAMES));
  }

  @Test
  void carriesVolumesToTheDriver() throws IOException, ClassNotFoundException {
    VolumeLabels volume = new VolumeLabels("v", 1, 2, List.of(1f, 1f, 2f));
    volume.add(0, new byte[] {0, 1}, new byte[] {1, 0});
    SegmentationMetrics metrics = new SegmentationMetrics(2);
    metrics.addVolume((VolumeLabels) shipped(volume));
    SegmentationMetrics received = (SegmentationMetrics) shipped(metrics);
    assertThat(received.result("test", 1, NAMES)).isEqualTo(metrics.result("test", 1, NAMES));
    assertThat(received.result("test", 1, NAMES).hd95().meanForeground()).isEqualTo(1);
  }

  private static Object shipped(Object object) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return in.readObject();
    }
  }
}
