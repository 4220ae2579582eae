package dev.sinter.dataset.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusedFilesTest {
  private static void assertRefused(byte[] content, String code) {
    assertThatThrownBy(() -> SourceFormats.read("some/file", content))
        .isInstanceOfSatisfying(SinterException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining("some/file");
  }

  private static byte[] tiff(BufferedImage... pages) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (BufferedImage page : pages) {
        writer.writeToSequence(new IIOImage(page, null, null), null);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  @Test
  void readsPagesOfOneSizeAsAVolumeAndRefusesOthers() throws IOException {
    BufferedImage page = SourceFormatsTest.image(BufferedImage.TYPE_BYTE_GRAY, 8, 6, 1);
    BufferedImage darker = SourceFormatsTest.image(BufferedImage.TYPE_BYTE_GRAY, 8, 6, 0);
    assertThat(SourceFormatsTest.read(tiff(page)).height()).isEqualTo(8);
    RawVolume stack = (RawVolume) SourceFormats.read("stack", tiff(page, darker, page));
    assertThat(stack.dimensions()).containsExactly(6, 8, 3);
    assertThat(stack.storedValue(6 * 8 * 2 + 6 * 3 + 2)).isEqualTo(3 * 11 + 2 * 3);
    assertThat(stack.storedValue(6 * 8 + 6 * 3 + 2)).isZero();
    BufferedImage wide = SourceFormatsTest.image(BufferedImage.TYPE_BYTE_GRAY, 8, 7, 1);
    assertRefused(tiff(page, wide), "IMAGE_MULTI_PAGE");
  }

  @Test
  void expandsThePaletteOfATiff() throws IOException {
    byte[] red = {0, 100, (byte) 200, 1};
    byte[] green = {0, 50, 0, 2};
    byte[] blue = {0, 0, 7, 3};
    BufferedImage image =
        new BufferedImage(
            3, 1, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 4, red, green, blue));
    image.getRaster().setSamples(0, 0, 3, 1, 0, new int[] {2, 0, 1});
    byte[] tiff = tiff(image);
    assertThat(SourceFormatsTest.read(tiff).values())
        .containsExactly(200, 0, 100, 0, 0, 50, 7, 0, 0);
    assertThat(((RawImage) SourceFormats.readMask("m", tiff)).values()).containsExactly(2, 0, 1);
  }

  @Test
  void refusesASmallFileThatClaimsAHugeImage() throws IOException {
    byte[] png =
        SourceFormatsTest.encode(
            SourceFormatsTest.image(BufferedImage.TYPE_BYTE_GRAY, 8, 8, 1), "png");
    ByteBuffer.wrap(png).putInt(16, 60_000).putInt(20, 60_000);
    PngChecksums.repair(png);
    assertRefused(png, "IMAGE_TOO_LARGE");
  }

  @ParameterizedTest
  @CsvSource({
    "40, 9, NIFTI_HEADER_INVALID", // axes
    "42, -3, NIFTI_HEADER_INVALID", // extent
    "70, 1536, NIFTI_TYPE_UNSUPPORTED", // float128
    "110, 0x41, NIFTI_HEADER_INVALID", // offset of the voxels: 8 or so
  })
  void refusesNiftiHeaders(int at, String value, String code) {
    byte[] content = NiftiFormatTest.file(1, ByteOrder.LITTLE_ENDIAN, VoxelType.INT16, 1, 0);
    ByteBuffer.wrap(content)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(at, Short.decode(value).shortValue());
    assertRefused(content, code);
  }

  @Test
  void refusesAHeaderWhoseVoxelsAreMissing() {
    byte[] content = NiftiFormatTest.file(1, ByteOrder.LITTLE_ENDIAN, VoxelType.INT16, 1, 0);
    content[345] = 'i';
    assertRefused(content, "NIFTI_IMAGE_MISSING");
  }

  @Test
  void refusesMoreVoxelsThanAnArrayHolds() throws IOException {
    byte[] head = NiftiFormatTest.file(1, ByteOrder.LITTLE_ENDIAN, VoxelType.INT16, 1, 0);
    byte[] content = new byte[5 << 20];
    new Random(1).nextBytes(content); // does not compress, so that the claim is credible
    System.arraycopy(head, 0, content, 0, head.length);
    ByteBuffer.wrap(content)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(42, Short.MAX_VALUE)
        .putShort(44, Short.MAX_VALUE);
    assertRefused(NiftiFormatTest.gzip(content), "NIFTI_TOO_LARGE");
    assertRefused(Arrays.copyOf(content, 1 << 20), "NIFTI_TRUNCATED");
  }
}
