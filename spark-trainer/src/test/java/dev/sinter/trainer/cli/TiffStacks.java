package dev.sinter.trainer.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** TIFF files of several pages. */
final class TiffStacks {
  private TiffStacks() {}

  /** Gray pages of noise, or of 0 and 255. */
  static void write(Path file, int pages, int side, boolean binary) throws IOException {
    Files.createDirectories(file.getParent());
    Random random = new Random(pages);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (int page = 0; page < pages; page++) {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < side * side; i++) {
          int value = binary ? 255 * random.nextInt(2) : random.nextInt(256);
          image.getRaster().setSample(i % side, i / side, 0, value);
        }
        writer.writeToSequence(new IIOImage(image, null, null), null);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
  }
}
