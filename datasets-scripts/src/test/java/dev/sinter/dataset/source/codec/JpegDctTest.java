package dev.sinter.dataset.source.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * DCT frames of 8 bit, against the decoder of the JDK, which is libjpeg: same samples to the bit.
 */
class JpegDctTest {
  @ParameterizedTest
  @CsvSource({
    "gray, 64, 64, 0.9", "gray, 1, 1, 0.9", "gray, 37, 91, 0.3", "gray, 8, 9, 1.0",
    "color, 64, 64, 0.9", "color, 3, 3, 0.9", "color, 1, 1, 0.9", "color, 2, 17, 0.5",
    "color, 37, 91, 0.3", "color, 33, 47, 1.0", "color, 5, 4, 0.75"
  })
  void agreesWithTheJdk(String kind, int rows, int columns, float quality) throws IOException {
    int type = kind.equals("gray") ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
    BufferedImage image = new BufferedImage(columns, rows, type);
    int[] samples = Samples.mixed(rows * 31L + columns, rows, columns, 3, 8);
    for (int i = 0; i < rows * columns; i++) {
      int rgb = samples[3 * i] << 16 | samples[3 * i + 1] << 8 | samples[3 * i + 2];
      image.setRGB(i % columns, i / columns, rgb);
    }
    for (int mode : new int[] {ImageWriteParam.MODE_DISABLED, ImageWriteParam.MODE_DEFAULT}) {
      byte[] stream = write(image, quality, mode);
      DecodedFrame frame = FrameCodecs.jpeg().decode(stream);
      assertThat(frame.color())
          .isEqualTo(kind.equals("gray") ? StreamColor.GRAY : StreamColor.YBR_FULL);
      assertThat(Samples.of(frame)).isEqualTo(raster(stream));
    }
  }

  private static byte[] write(BufferedImage image, float quality, int progressive)
      throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      how.setCompressionQuality(quality);
      how.setProgressiveMode(progressive);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), how);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** The samples without conversion of colours. */
  private static int[] raster(byte[] stream) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(stream))) {
      reader.setInput(in);
      Raster raster = reader.readRaster(0, null);
      return raster.getPixels(0, 0, raster.getWidth(), raster.getHeight(), (int[]) null);
    } finally {
      reader.dispose();
    }
  }
}
