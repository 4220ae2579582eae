package dev.sinter.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class MaskOverlayTest {
  private static final int FIRST = 0xE69F00;
  private static final int SECOND = 0x56B4E9;

  @Test
  void stretchesGrayToTheWholeRange() {
    assertThat(rgb(Pictures.render(gray(1, 3, 50, 100, 150), Magnification.NONE)))
        .containsExactly(0x000000, 0x808080, 0xFFFFFF);
  }

  @Test
  void leavesAFlatPictureAsItIs() {
    assertThat(rgb(Pictures.render(gray(1, 2, 77, 77), Magnification.NONE)))
        .containsExactly(0x4D4D4D, 0x4D4D4D);
  }

  @Test
  void readsColoursAsPlanes() {
    byte[] planes = {0, (byte) 255, 10, 20, 30, 40};
    ExamplePicture picture = new ExamplePicture("p", 3, 1, 2, planes);
    assertThat(rgb(Pictures.render(picture, Magnification.NONE)))
        .containsExactly(0x000A1E, 0xFF1428);
  }

  @Test
  void outlinesAndFillsEachClass() {
    // A class that reaches the border is not outlined there, so the middle is filled.
    ExamplePicture black = gray(1, 5, 0, 0, 0, 0, 255);
    int[] actual = rgb(MaskOverlay.compose(black, new byte[] {1, 1, 1, 2, 0}, Magnification.NONE));
    int fill = 0x513800; // 35 % of the colour on black, rounded
    assertThat(actual).containsExactly(fill, fill, FIRST, SECOND, 0xFFFFFF);
  }

  @Test
  void keepsOutlinesThinWhenPixelsAreRepeated() {
    ExamplePicture picture = gray(1, 2, 0, 255);
    int[] actual = rgb(MaskOverlay.compose(picture, new byte[] {1, 0}, new Magnification(2, 1)));
    int fill = 0x513800;
    assertThat(actual)
        .containsExactly(fill, FIRST, 0xFFFFFF, 0xFFFFFF, fill, FIRST, 0xFFFFFF, 0xFFFFFF);
  }

  @Test
  void magnifiesSmallPicturesAndThinsOutHugeOnes() {
    assertThat(Magnification.towards(192, gray(64, 64))).isEqualTo(new Magnification(3, 1));
    assertThat(Magnification.towards(192, gray(200, 150))).isEqualTo(Magnification.NONE);
    Magnification huge = Magnification.towards(192, gray(2000, 999));
    assertThat(huge).isEqualTo(new Magnification(1, 6));
    assertThat(huge.apply(2000)).isEqualTo(334);
    assertThat(huge.source(333)).isEqualTo(1998);
  }

  @Test
  void encodesPngWithoutLoss() throws IOException {
    BufferedImage image = Pictures.render(gray(1, 3, 0, 9, 255), Magnification.NONE);
    BufferedImage back = ImageIO.read(new ByteArrayInputStream(Pictures.png(image)));
    assertThat(rgb(back)).isEqualTo(rgb(image));
    assertThat(Pictures.png(image)).isEqualTo(Pictures.png(image));
  }

  @Test
  void refusesPicturesAndMasksThatDoNotFit() {
    assertThatThrownBy(() -> new ExamplePicture("p", 1, 2, 2, new byte[3]))
        .hasMessage("picture p of 1 x 2 x 2 has 3 values");
    assertThatThrownBy(() -> new ExamplePicture("p", 2, 1, 1, new byte[2]))
        .hasMessage("picture p has 2 channels");
    assertThatThrownBy(
            () -> new SegmentationSection.Example(gray(1, 1, 0), new byte[1], new byte[2], 1))
        .hasMessage("masks of 1 and 2 labels for picture p of 1 pixels");
  }

  private static ExamplePicture gray(int height, int width, int... values) {
    byte[] pixels = new byte[height * width];
    for (int i = 0; i < values.length; i++) {
      pixels[i] = (byte) values[i];
    }
    return new ExamplePicture("p", 1, height, width, pixels);
  }

  private static int[] rgb(BufferedImage image) {
    int[] pixels =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    return Arrays.stream(pixels).map(pixel -> pixel & 0xFFFFFF).toArray();
  }
}
