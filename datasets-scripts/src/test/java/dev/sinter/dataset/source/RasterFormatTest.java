package dev.sinter.dataset.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.error.SinterException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rasters beyond gray and RGB of 8 bit. */
class RasterFormatTest {
  private static final int HEIGHT = 24;
  private static final int WIDTH = 20;

  private static float value(RawImage image, int channel, int y, int x) {
    return image.values()[(channel * image.height() + y) * image.width() + x];
  }

  @Test
  void turnsInksOfAJpegIntoColours() throws IOException {
    byte[] plain = RasterFiles.cmykJpeg(HEIGHT, WIDTH);
    RawImage image = SourceFormatsTest.read(plain);
    assertThat(image.channels()).isEqualTo(3);
    assertThat(image.notes()).containsExactly(SourceNotes.CMYK_CONVERTED);
    for (int y = 0; y < HEIGHT; y += 5) {
      for (int x = 0; x < WIDTH; x += 5) {
        assertThat(value(image, 0, y, x)).isCloseTo(3 * x * 50 / 255f, within(3f));
        assertThat(value(image, 1, y, x)).isCloseTo(5 * y * 50 / 255f, within(3f));
        assertThat(value(image, 2, y, x)).isCloseTo(100 * 50 / 255f, within(3f));
      }
    }
    byte[] marked = RasterFiles.withSegment(plain, 0xee, RasterFiles.adobe(0));
    assertThat(SourceFormatsTest.read(marked).pixels()).isEqualTo(image.pixels());
    // YCCK: luma 30, Cb 50, Cr 100; what they mix is 255 minus the stored ink:
    // 255 - (30 - 39), 255 - (30 + 27 + 20), 255 - (30 - 138).
    byte[] ycck = RasterFiles.withSegment(plain, 0xee, RasterFiles.adobe(2));
    RawImage mixed = SourceFormatsTest.read(ycck);
    assertThat(value(mixed, 0, 10, 10)).isCloseTo(50, within(3f));
    assertThat(value(mixed, 1, 10, 10)).isCloseTo(178 * 50 / 255f, within(3f));
    assertThat(value(mixed, 2, 10, 10)).isCloseTo(50, within(3f));
  }

  @ParameterizedTest
  @CsvSource({"8, II", "8, MM", "16, II", "16, MM"})
  void turnsInksOfATiffIntoColours(int bits, String order) {
    int white = (1 << bits) - 1;
    int[] inks = {0, white, white / 5, white / 2};
    RawImage image = SourceFormatsTest.read(RasterFiles.tiff(order, 5, 1, 1, bits, 1, inks));
    assertThat(image.channels()).isEqualTo(3);
    assertThat(image.type()).isEqualTo(bits == 8 ? VoxelType.UINT8 : VoxelType.UINT16);
    float left = white - white / 2;
    assertThat(image.values()[0]).isEqualTo(left);
    assertThat(image.values()[1]).isZero();
    assertThat(image.values()[2]).isCloseTo(left * 0.8f, within(1f));
  }

  @ParameterizedTest
  @CsvSource({
    "8, 1, UINT8",
    "8, 2, INT8",
    "16, 1, UINT16",
    "16, 2, INT16",
    "32, 1, UINT32",
    "32, 2, INT32",
    "32, 3, FLOAT32",
    "64, 3, FLOAT64"
  })
  void readsGrayTiffOfEveryDepth(int bits, int sampleFormat, VoxelType type) {
    for (String order : List.of("II", "MM")) {
      int[] values = {0, 1, sampleFormat == 2 ? -100 : 200, 100, 7, 3};
      RawImage image =
          SourceFormatsTest.read(RasterFiles.tiff(order, 1, 2, 3, bits, sampleFormat, values));
      assertThat(image.type()).isEqualTo(type);
      for (int i = 0; i < values.length; i++) {
        assertThat(image.values()[i]).as("%s %d", order, i).isEqualTo(values[i]);
      }
    }
  }

  @Test
  void invertsATiffWhoseZeroIsWhite() {
    RawImage image = SourceFormatsTest.read(RasterFiles.tiff("II", 0, 1, 3, 8, 1, 0, 55, 255));
    assertThat(image.values()).containsExactly(255, 200, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"LZW", "Deflate", "PackBits"})
  void readsCompressedTiff(String compression) throws IOException {
    BufferedImage image = SourceFormatsTest.image(BufferedImage.TYPE_3BYTE_BGR, HEIGHT, WIDTH, 1);
    RawImage read = SourceFormatsTest.read(RasterFiles.tiff(compression, image));
    assertThat(read.pixels())
        .isEqualTo(SourceFormatsTest.read(SourceFormatsTest.encode(image, "png")).pixels());
  }

  @Test
  void readsFaxAndOneBitAsBlackAndWhite() throws IOException {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_BINARY);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        image.getRaster().setSample(x, y, 0, (x / 3 + y / 2) % 2);
      }
    }
    for (byte[] content :
        List.of(
            RasterFiles.tiff("CCITT T.6", image),
            SourceFormatsTest.encode(image, "png"),
            SourceFormatsTest.encode(image, "bmp"))) {
      RawImage read = SourceFormatsTest.read(content);
      assertThat(read.channels()).isEqualTo(1);
      for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
          assertThat(value(read, 0, y, x)).isEqualTo((x / 3 + y / 2) % 2 * 255f);
        }
      }
    }
  }

  @Test
  void spreadsFiveBitsOverEight() {
    RawImage image = SourceFormatsTest.read(RasterFiles.bmp555(HEIGHT, WIDTH));
    assertThat(image.type()).isEqualTo(VoxelType.UINT8);
    assertThat(value(image, 0, 3, 7)).isEqualTo(57);
    assertThat(value(image, 1, 3, 7)).isEqualTo(24);
    assertThat(value(image, 2, 3, 7)).isEqualTo(255);
  }

  @Test
  void readsRunLengthBmp() {
    RawImage image = SourceFormatsTest.read(RasterFiles.bmpRle8(HEIGHT, WIDTH));
    assertThat(image.channels()).isEqualTo(1);
    assertThat(value(image, 0, 0, 5)).isEqualTo(0);
    assertThat(value(image, 0, 9, 5)).isEqualTo(9);
    assertThat(value(image, 0, HEIGHT - 1, 19)).isEqualTo(HEIGHT - 1);
  }

  @Test
  void saysWhatItLeavesOut() throws IOException {
    BufferedImage clear = SourceFormatsTest.image(BufferedImage.TYPE_4BYTE_ABGR, 8, 8, 1);
    assertThat(SourceFormatsTest.read(SourceFormatsTest.encode(clear, "png")).notes())
        .containsExactly(SourceNotes.ALPHA_DROPPED);
    byte[] jpeg =
        SourceFormatsTest.encode(
            SourceFormatsTest.image(BufferedImage.TYPE_3BYTE_BGR, 8, 16, 1), "jpeg");
    RawImage turned =
        SourceFormatsTest.read(RasterFiles.withSegment(jpeg, 0xe1, RasterFiles.exif(6)));
    assertThat(turned.notes()).singleElement().asString().contains("orientation 6");
    assertThat(turned.pixels()).isEqualTo(SourceFormatsTest.read(jpeg).pixels());
    assertThat(SourceFormatsTest.read(jpeg).notes()).isEmpty();
  }

  @Test
  void namesTheJpegsThatItDoesNotRead() throws IOException {
    byte[] jpeg =
        SourceFormatsTest.encode(
            SourceFormatsTest.image(BufferedImage.TYPE_BYTE_GRAY, 8, 8, 1), "jpeg");
    int frame = 2;
    while ((jpeg[frame + 1] & 0xff) != 0xc0) {
      frame += 2 + ByteBuffer.wrap(jpeg).getShort(frame + 2);
    }
    List<String> named = new ArrayList<>();
    for (int marker : new int[] {0xc1, 0xc3, 0xc9}) {
      byte[] other = jpeg.clone();
      other[frame + 1] = (byte) marker;
      other[frame + 4] = 12;
      assertThatThrownBy(() -> SourceFormatsTest.read(other))
          .isInstanceOfSatisfying(
              SinterException.class,
              e -> {
                assertThat(e.code()).isEqualTo("IMAGE_UNREADABLE");
                named.add(e.getMessage());
              });
    }
    assertThat(named.get(0)).contains("12-bit");
    assertThat(named.get(1)).contains("lossless");
    assertThat(named.get(2)).contains("arithmetic");
  }

  @Test
  void refusesAJpegOfThousandsOfScans() throws IOException {
    byte[] jpeg =
        RasterFiles.progressiveJpeg(SourceFormatsTest.image(BufferedImage.TYPE_3BYTE_BGR, 8, 8, 1));
    byte[] scan = {(byte) 0xff, (byte) 0xda, 0, 8, 1, 1, 0, 0, 0, 0x10, 0};
    ByteBuffer b = ByteBuffer.allocate(jpeg.length + 3000 * scan.length);
    b.put(jpeg, 0, jpeg.length - 2);
    for (int i = 0; i < 3000; i++) {
      b.put(scan);
    }
    b.put((byte) 0xff).put((byte) 0xd9);
    assertThat(SourceFormatsTest.read(jpeg).channels()).isEqualTo(3);
    assertThatThrownBy(() -> SourceFormatsTest.read(b.array())).hasMessageContaining("scans");
  }

  @Test
  void summarizesInTheOrderOfTheShape() throws IOException {
    BufferedImage image = SourceFormatsTest.image(BufferedImage.TYPE_3BYTE_BGR, 2, 3, 1);
    PixelSummary colour =
        PixelSummary.of(SourceFormatsTest.read(SourceFormatsTest.encode(image, "png")));
    assertThat(colour.shape()).containsExactly(2, 3, 3);
    byte[] expected = new byte[18];
    for (int i = 0; i < 18; i++) {
      expected[i] = (byte) (i % 3 * 40 + i / 9 * 11 + i / 3 % 3 * 3);
    }
    assertThat(colour.sha256()).isEqualTo(sha256(expected));
    assertThat(colour.stored()).isEqualTo(new PixelSummary.Range(0, 97, 48.5));

    byte[] file = NiftiFormatTest.file(1, ByteOrder.BIG_ENDIAN, VoxelType.UINT8, -2, 1);
    PixelSummary volume = PixelSummary.of(SourceFormats.read("v", file));
    assertThat(volume.shape()).containsExactly(3, 2, 2);
    byte[] turned = {0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11}; // x slowest
    assertThat(volume.sha256()).isEqualTo(sha256(turned));
    assertThat(volume.rescaled()).isEqualTo(new PixelSummary.Range(-21, 1, -10));
  }

  private static String sha256(byte[] bytes) {
    try {
      return java.util.HexFormat.of()
          .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
