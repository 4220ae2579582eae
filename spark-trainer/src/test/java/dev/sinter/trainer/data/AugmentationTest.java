package dev.sinter.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class AugmentationTest {
  private static final float[] IMAGE = {1, 2, 3, 4, 5, 6};

  @Test
  void isOffByDefault() {
    assertThat(Augmentation.none()).isEqualTo(new Augmentation(0, 0, 0, 0, 1, 1, 0, 0));
    assertThat(Augmentation.none().leavesSamples()).isTrue();
    assertThat(new Augmentation(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1).leavesSamples())
        .as("mixup is of the batch")
        .isTrue();
  }

  @Test
  void namesAllThatIsOutOfRange() {
    assertThatThrownBy(() -> new Augmentation(1.5f, 0, 0, 0, 1, 1, 0, -1, 2, 0, 0, 0, 0, 1, 0))
        .isInstanceOf(SinterException.class)
        .hasMessageContainingAll(
            "horizontal-flip is 1.5", "contrast is -1.0", "depth-flip is 2.0", "cutout is 1.0");
  }

  @Test
  void flipsExactly() {
    assertThat(image(new Augmentation(1, 0, 0, 0, 1, 1, 0, 0), IMAGE))
        .containsExactly(3, 2, 1, 6, 5, 4);
    assertThat(image(new Augmentation(0, 1, 0, 0, 1, 1, 0, 0), IMAGE))
        .containsExactly(4, 5, 6, 1, 2, 3);
    Augmentation both = new Augmentation(1, 1, 0, 0, 1, 1, 0, 0);
    assertThat(image(both, image(both, IMAGE))).containsExactly(IMAGE);
  }

  @Test
  void magnifiesAboutTheCentre() {
    float[] line = {0, 4, 8};
    assertThat(image(new Augmentation(0, 0, 0, 0, 2, 2, 0, 0), line, 1, 3))
        .containsExactly(2, 4, 6);
  }

  @Test
  void shiftsByWholePixelsAndPadsWithZero() {
    Augmentation shift = new Augmentation(0, 0, 0, 1, 1, 1, 0, 0);
    for (int sample = 0; sample < 50; sample++) {
      for (float value : image(shift, IMAGE, 2, 3, sample)) {
        assertThat(value).isIn(0f, 1f, 2f, 3f, 4f, 5f, 6f);
      }
    }
  }

  @Test
  void rotatesBackToWhereItWas() {
    int side = 33;
    float[] image = new float[side * side];
    for (int i = 0; i < image.length; i++) {
      float x = (i % side - 16) / 6f;
      float y = (i / side - 14) / 6f;
      image[i] = (float) Math.exp(-x * x - y * y);
    }
    // A centred rotation keeps the mass of a blob that stays inside.
    float[] rotated = image(new Augmentation(0, 0, 90, 0, 1, 1, 0, 0), image, side, side);
    assertThat(sum(rotated)).isCloseTo(sum(image), Percentage.withPercentage(0.5));
    assertThat(rotated).isNotEqualTo(image);
  }

  @Property(tries = 200)
  void dependsOnSeedEpochAndSampleAlone(
      @ForAll long seed,
      @ForAll @IntRange(max = 30) int epoch,
      @ForAll @IntRange(max = 1000) int sample,
      @ForAll @IntRange(max = 1000) int before) {
    Augmentation settings = new Augmentation(0.5f, 0.5f, 30, 3, 0.8f, 1.2f, 0.2f, 0.2f);
    AugmentationDraw used = new AugmentationDraw();
    used.draw(settings, seed, epoch, before, 2, 3);
    used.draw(settings, seed, epoch, sample, 2, 3);
    AugmentationDraw fresh = new AugmentationDraw();
    fresh.draw(settings, seed, epoch, sample, 2, 3);
    float[] first = new float[6];
    float[] second = new float[6];
    used.resampleImage(IMAGE, first, 1, 2, 3);
    fresh.resampleImage(IMAGE, second, 1, 2, 3);
    assertThat(first).containsExactly(second);
    assertThat(used.contrast()).isEqualTo(fresh.contrast());
    assertThat(used.brightness()).isEqualTo(fresh.brightness());
  }

  @Property(tries = 100)
  void keepsTheMaskOnTheImage(@ForAll long seed, @ForAll @IntRange(max = 500) int sample) {
    int side = 24;
    byte[] mask = new byte[side * side];
    float[] image = new float[side * side];
    for (int y = 5; y < 17; y++) {
      for (int x = 7; x < 20; x++) {
        mask[y * side + x] = 1;
        image[y * side + x] = 1;
      }
    }
    AugmentationDraw draw = new AugmentationDraw();
    draw.draw(new Augmentation(0.5f, 0.5f, 180, 4, 0.7f, 1.4f, 0, 0), seed, 1, sample, side, side);
    float[] moved = new float[side * side];
    int[] classes = new int[side * side];
    draw.resampleImage(image, moved, 1, side, side);
    draw.resampleMask(mask, classes, 1, side, side);
    int different = 0;
    int area = 0;
    for (int i = 0; i < moved.length; i++) {
      different += (moved[i] >= 0.5f ? 1 : 0) == classes[i] ? 0 : 1;
      area += classes[i];
    }
    // Bilinear and nearest disagree only at corners of the square.
    assertThat(area).isPositive();
    assertThat(different).isLessThanOrEqualTo(8);
  }

  private static float[] image(Augmentation settings, float[] source) {
    return image(settings, source, 2, 3);
  }

  private static float[] image(Augmentation settings, float[] source, int height, int width) {
    return image(settings, source, height, width, 5);
  }

  private static float[] image(
      Augmentation settings, float[] source, int height, int width, int sample) {
    AugmentationDraw draw = new AugmentationDraw();
    draw.draw(settings, 1, 0, sample, height, width);
    float[] target = source.clone();
    if (draw.geometric()) {
      draw.resampleImage(source, target, 1, height, width);
    }
    return target;
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }
}
