package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.dataset.source.RawImage;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleFitterTest {

  private static SampleFitter fitter(int channels, int height, int width, Fit fit, PixelType type) {
    return new SampleFitter(new Preparation("image", channels, height, width, fit, type, 2));
  }

  private static RawImage gray(int height, int width, int... values) {
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      pixels[i] = (byte) values[i];
    }
    return new RawImage("png", 1, height, width, PixelType.UINT8, pixels);
  }

  @Test
  void averagesAreasWhenShrinkingAndInterpolatesWhenGrowing() {
    assertThat(
            fitter(1, 1, 2, Fit.RESIZE, PixelType.UINT8)
                .fit(gray(2, 4, 0, 10, 20, 30, 20, 30, 40, 50))
                .values())
        .containsExactly(15, 35);
    assertThat(fitter(1, 1, 4, Fit.RESIZE, PixelType.UINT8).fit(gray(1, 2, 0, 100)).values())
        .containsExactly(0, 25, 75, 100);
  }

  @Test
  void changesChannelsAndDepth() {
    assertThat(fitter(3, 1, 1, Fit.PAD, PixelType.UINT16).fit(gray(1, 1, 255)).values())
        .containsExactly(65535, 65535, 65535);
    RawImage colour = new RawImage("png", 3, 1, 1, PixelType.UINT8, new byte[] {(byte) 255, 0, 0});
    assertThat(fitter(1, 1, 1, Fit.PAD, PixelType.UINT8).fit(colour).values()).containsExactly(76);
  }

  @ParameterizedTest
  @CsvSource({"5, 7, 16, 16", "16, 15, 16, 16", "3, 16, 32, 48"})
  void unfitIsTheInverseOfPadding(int height, int width, int toHeight, int toWidth) {
    SampleFitter fitter = fitter(1, toHeight, toWidth, Fit.PAD, PixelType.UINT8);
    byte[] mask = new byte[height * width];
    new Random(3).nextBytes(mask);
    assertThat(fitter.unfit(fitter.fitMask(mask, height, width), height, width)).isEqualTo(mask);
  }

  @Test
  void unfitIsTheInverseOfWholeNumberedGrowth() {
    SampleFitter fitter = fitter(1, 12, 15, Fit.RESIZE, PixelType.UINT8);
    byte[] mask = new byte[4 * 5];
    new Random(3).nextBytes(mask);
    assertThat(fitter.unfit(fitter.fitMask(mask, 4, 5), 4, 5)).isEqualTo(mask);
  }

  @Test
  void resizingChangesTheSpacing() {
    List<Float> spacing = List.of(1.5f, 0.5f, 3f);
    assertThat(fitter(1, 20, 10, Fit.RESIZE, PixelType.UINT8).fitSpacing(spacing, 40, 5))
        .containsExactly(3f, 0.25f, 3f);
    assertThat(fitter(1, 20, 10, Fit.PAD, PixelType.UINT8).fitSpacing(spacing, 40, 5))
        .isEqualTo(spacing);
  }

  @Test
  void cutsAtTheCentreWhatIsLargerAndFillsItWithBackground() {
    SampleFitter fitter = fitter(1, 1, 2, Fit.PAD, PixelType.UINT8);
    assertThat(fitter.fit(gray(1, 4, 1, 2, 3, 4)).values()).containsExactly(2, 3);
    assertThat(fitter.unfit(new byte[] {7, 8}, 1, 4)).containsExactly(0, 7, 8, 0);
  }
}
