package dev.sinter.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.Normalization;
import dev.sinter.dataset.PixelType;
import dev.sinter.dataset.Sample;
import dev.sinter.trainer.engine.Batch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchAssemblerTest {
  private static final Normalization SOURCE =
      new Normalization(Normalization.Kind.SOURCE, List.of(), List.of());

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void decodesEveryPixelType(PixelType type) {
    float[] values =
        switch (type) {
          case UINT8 -> new float[] {0, 255, 128, 1};
          case UINT16 -> new float[] {0, 65535, 40000, 1};
          case INT16 -> new float[] {-32768, 32767, -1024, 1};
          case FLOAT32 -> new float[] {-1.5f, 1e6f, 0.25f, 1};
        };
    ByteBuffer stored = ByteBuffer.allocate(4 * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case UINT8 -> stored.put((byte) (int) value);
        case UINT16, INT16 -> stored.putShort((short) (int) value);
        case FLOAT32 -> stored.putFloat(value);
      }
    }
    Sample sample = Samples.sample("a", 7, new byte[0], stored.array(), type, 1, 2, 2);
    Batch batch = Batch.forClassification(1, 1, 2, 2);
    try (SampleCache cache = SampleCache.read(List.of(sample).iterator(), 0, directory)) {
      int count = BatchAssembler.withoutAugmentation(cache, SOURCE).fillConsecutive(0, batch);
      assertThat(count).isEqualTo(1);
    }
    for (int i = 0; i < 4; i++) {
      assertThat(batch.inputs().get(i)).isEqualTo((values[i] - 10) / 2);
    }
    assertThat(batch.labels().get(0)).isEqualTo(7);
  }

  @Test
  void normalisesEachChannelAndGuardsAgainstNoSpread() {
    Sample sample =
        Samples.sample(
            "a", 0, new byte[0], Samples.bytes(1, 3, 5, 7, 9, 9), PixelType.UINT8, 3, 1, 2);
    Normalization normalization =
        new Normalization(Normalization.Kind.DATASET, List.of(1f, 5f, 9f), List.of(2f, 4f, 0f));
    Batch batch = Batch.forClassification(1, 3, 1, 2);
    try (SampleCache cache = SampleCache.read(List.of(sample).iterator(), 0, directory)) {
      BatchAssembler.withoutAugmentation(cache, normalization).fillConsecutive(0, batch);
    }
    float[] inputs = new float[6];
    batch.inputs().get(0, inputs);
    assertThat(inputs).containsExactly(0, 1, 0, 0.5f, 0, 0);
  }

  @Test
  void fillsALaneInItsOrder() {
    SampleOrder order = new SampleOrder(new LanePlan(50, 2, 4), 9);
    Batch batch = Batch.forClassification(4, 1, 3, 3);
    try (SampleCache cache = SampleCache.read(Samples.random(50, 3, 3).iterator(), 0, directory)) {
      BatchAssembler.withoutAugmentation(cache, SOURCE).fill(order, 2, 1, 1, batch);
    }
    for (int place = 0; place < 4; place++) {
      assertThat(batch.labels().get(place)).isEqualTo(order.sampleAt(2, 1, 1, place));
    }
  }

  @Test
  void flipsImageAndMaskTogetherWithIntensitiesInTheImageAlone() {
    byte[] mask = Samples.bytes(0, 1, 2, (byte) 200);
    Sample sample = Samples.masked(mask, Samples.bytes(10, 12, 14, 16), 2, 2);
    Augmentation flip = new Augmentation(1, 0, 0, 0, 1, 1, 0, 0);
    SampleOrder order = new SampleOrder(new LanePlan(1, 1, 1), 1);
    Batch batch = Batch.forSegmentation(1, 1, 2, 2);
    try (SampleCache cache = SampleCache.read(List.of(sample).iterator(), 0, directory)) {
      new BatchAssembler(cache, SOURCE, flip).fill(order, 0, 0, 0, batch);
      assertThat(floats(batch)).containsExactly(1, 0, 3, 2);
      assertThat(labels(batch)).containsExactly(1, 0, 200, 2);

      Augmentation brighter = new Augmentation(0, 0, 0, 0, 1, 1, 5, 0);
      new BatchAssembler(cache, SOURCE, brighter).fill(order, 0, 0, 0, batch);
      float[] bright = floats(batch);
      assertThat(bright[0]).isNotEqualTo(0);
      assertThat(bright[3] - bright[0]).isCloseTo(3, Offset.offset(1e-5f));
      assertThat(labels(batch)).containsExactly(0, 1, 2, 200);
    }
  }

  @Test
  void reportsTheEndOfASlice() {
    Batch batch = Batch.forClassification(4, 1, 3, 3);
    try (SampleCache cache = SampleCache.read(Samples.random(6, 3, 3).iterator(), 0, directory)) {
      BatchAssembler assembler = BatchAssembler.withoutAugmentation(cache, SOURCE);
      assertThat(assembler.fillConsecutive(0, batch)).isEqualTo(4);
      assertThat(assembler.fillConsecutive(4, batch)).isEqualTo(2);
      assertThat(assembler.fillConsecutive(6, batch)).isZero();
    }
  }

  @Test
  void refusesAnotherShapeOrChannelCount() {
    try (SampleCache cache = SampleCache.read(Samples.random(6, 3, 3).iterator(), 0, directory)) {
      Batch batch = Batch.forClassification(4, 1, 3, 4);
      assertThatThrownBy(
              () -> BatchAssembler.withoutAugmentation(cache, SOURCE).fillConsecutive(0, batch))
          .hasMessageContainingAll("1 x 3 x 4", "1 x 3 x 3");
      Normalization rgb =
          new Normalization(Normalization.Kind.DATASET, List.of(1f, 1f, 1f), List.of(1f, 1f, 1f));
      assertThatThrownBy(() -> BatchAssembler.withoutAugmentation(cache, rgb))
          .hasMessageContaining("3 means");
    }
  }

  private static float[] floats(Batch batch) {
    float[] values = new float[batch.inputs().capacity()];
    batch.inputs().get(0, values);
    return values;
  }

  private static int[] labels(Batch batch) {
    int[] values = new int[batch.labels().capacity()];
    batch.labels().get(0, values);
    return values;
  }
}
