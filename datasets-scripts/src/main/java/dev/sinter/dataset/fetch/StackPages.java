package dev.sinter.dataset.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Every page of a TIFF becomes a PNG of its own: {@code 00.png}, {@code 01.png}, ... */
final class StackPages {
  private StackPages() {}

  /** {@code STACK.tif TARGET}. */
  public static void main(String[] arguments) throws IOException {
    Path target = Path.of(arguments[1]);
    Files.createDirectories(target);
    ImageReader reader = ImageIO.getImageReadersByFormatName("tiff").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(Path.of(arguments[0]).toFile())) {
      reader.setInput(in);
      int pages = reader.getNumImages(true);
      for (int page = 0; page < pages; page++) {
        Path file = target.resolve(String.format(Locale.ROOT, "%02d.png", page));
        if (!ImageIO.write(reader.read(page), "png", file.toFile())) {
          throw new IOException(
              "page " + page + " of " + arguments[0] + " does not fit into a PNG");
        }
      }
    } finally {
      reader.dispose();
    }
  }
}
