package dev.sinter.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FlatVectorTest {
  @Test
  void viewsShareTheVectorsMemory() {
    try (FlatVector vector = FlatVector.ofFloats(100)) {
      vector.floats(40, 10).put(3, 7f);
      vector.bytes(44, 1).putFloat(0, 8f);
      assertThat(vector.floats().get(43)).isEqualTo(7f);
      assertThat(vector.floats().get(44)).isEqualTo(8f);
      assertThat(vector.floats(44, 2).get()).isEqualTo(8f);
      assertThat(vector.bytes(90, 10).remaining()).isEqualTo(40);
    }
  }

  @Test
  void startsAlignedAndZeroed() {
    try (FlatVector vector = FlatVector.ofDoubles(33)) {
      assertThat(vector.address() % 64).isZero();
      for (int i = 0; i < 33; i++) {
        assertThat(vector.bytes(i, 1).getDouble(0)).isZero();
      }
    }
  }

  @Test
  void rejectsViewsBeyondItsEnds() {
    try (FlatVector vector = FlatVector.ofFloats(10)) {
      assertThatThrownBy(() -> vector.floats(5, 6)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> vector.floats(-1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void givesAnEmptyViewOfNoElements() {
    try (FlatVector vector = FlatVector.ofFloats(5)) {
      assertThat(vector.bytes(5, 0).capacity()).isZero();
      assertThat(vector.floats(0, 0).capacity()).isZero();
    }
  }
}
