package dev.sinter.dataset.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.PixelType;
import dev.sinter.error.SinterException;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceFormatsTest {

  static byte[] encode(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, out)).isTrue();
    return out.toByteArray();
  }

  /** Value of channel c at (y, x) is a known function, so that order and depth are checked. */
  static BufferedImage image(int type, int height, int width, int step) {
    BufferedImage image = new BufferedImage(width, height, type);
    WritableRaster raster = image.getRaster();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < raster.getNumBands(); c++) {
          raster.setSample(x, y, c, (c * 40 + y * 11 + x * 3) * step);
        }
      }
    }
    return image;
  }

  static RawImage read(byte[] content) {
    return (RawImage) SourceFormats.read("some/file", content);
  }

  @ParameterizedTest
  @CsvSource({
    "png, 10, 1, UINT8, 1", // TYPE_BYTE_GRAY
    "png, 11, 1, UINT16, 257", // TYPE_USHORT_GRAY
    "png, 1, 3, UINT8, 1", // TYPE_INT_RGB
    "png, 2, 3, UINT8, 1", // TYPE_INT_ARGB: alpha is dropped
    "bmp, 5, 3, UINT8, 1", // TYPE_3BYTE_BGR
    "tiff, 10, 1, UINT8, 1",
    "tiff, 11, 1, UINT16, 257",
    "tiff, 5, 3, UINT8, 1"
  })
  void readsStoredValues(String format, int type, int channels, PixelType pixelType, int step)
      throws IOException {
    RawImage read = read(encode(image(type, 5, 7, step), format));
    assertThat(read.format()).isEqualTo(format);
    assertThat(read.channels()).isEqualTo(channels);
    assertThat(read.height()).isEqualTo(5);
    assertThat(read.width()).isEqualTo(7);
    assertThat(read.pixelType()).isEqualTo(pixelType);
    float[] values = read.values();
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < 5; y++) {
        for (int x = 0; x < 7; x++) {
          assertThat(values[(c * 5 + y) * 7 + x]).isEqualTo((c * 40 + y * 11 + x * 3) * step);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"10, 1", "5, 3"})
  void readsJpeg(int type, int channels) throws IOException {
    RawImage read = read(encode(image(type, 16, 16, 1), "jpeg"));
    assertThat(read.format()).isEqualTo("jpeg");
    assertThat(read.channels()).isEqualTo(channels);
    assertThat(read.values()[16 * 8 + 8]).isBetween(100f, 124f); // 112, lossy
  }

  @Test
  void expandsAPaletteForImagesAndKeepsItsIndicesForMasks() throws IOException {
    byte[] red = {0, 100, (byte) 200};
    byte[] green = {0, 50, 0};
    byte[] blue = {0, 0, 7};
    BufferedImage image =
        new BufferedImage(
            3, 1, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 3, red, green, blue));
    image.getRaster().setSamples(0, 0, 3, 1, 0, new int[] {2, 0, 1});
    byte[] png = encode(image, "png");
    assertThat(read(png).values()).containsExactly(200, 0, 100, 0, 0, 50, 7, 0, 0);
    RawImage mask = (RawImage) SourceFormats.readMask("m", png);
    assertThat(mask.channels()).isEqualTo(1);
    assertThat(mask.values()).containsExactly(2, 0, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "bmp", "tiff"})
  void rejectsACutFile(String format) throws IOException {
    BufferedImage image = image(BufferedImage.TYPE_BYTE_GRAY, 64, 64, 1);
    byte[] whole = encode(image, format);
    for (double share : new double[] {0.3, 0.6}) {
      byte[] cut = Arrays.copyOf(whole, (int) (whole.length * share));
      assertThatThrownBy(() -> SourceFormats.read("scan/a." + format, cut))
          .isInstanceOfSatisfying(
              SinterException.class, e -> assertThat(e.code()).isEqualTo("IMAGE_UNREADABLE"))
          .hasMessageContaining("scan/a." + format);
    }
  }

  @Test
  void rejectsAChangedBitInAPng() throws IOException {
    byte[] png = encode(image(BufferedImage.TYPE_BYTE_GRAY, 64, 64, 1), "png");
    png[png.length / 2] ^= 4;
    assertThatThrownBy(() -> read(png)).hasMessageContaining("checksum");
  }

  @Test
  void namesAnUnknownFormatByItsFirstBytes() {
    assertThatThrownBy(
            () -> SourceFormats.read("notes.png", "hello".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("IMAGE_FORMAT_UNKNOWN"))
        .hasMessageContaining("68 65 6c 6c 6f");
    assertThatThrownBy(() -> SourceFormats.read("empty.png", new byte[0]))
        .hasMessageContaining("empty");
  }
}
