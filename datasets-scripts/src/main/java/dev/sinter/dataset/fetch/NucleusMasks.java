package dev.sinter.dataset.fetch;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Data Science Bowl 2018: {@code CASE/images/CASE.png} with a mask for each nucleus becomes {@code
 * images/CASE.png} and {@code masks/CASE.png}, which is 255 where any nucleus is.
 */
final class NucleusMasks {
  private NucleusMasks() {}

  /** {@code FOLDER_OF_CASES TARGET}. */
  public static void main(String[] arguments) throws IOException {
    Path target = Path.of(arguments[1]);
    Files.createDirectories(target.resolve("images"));
    Files.createDirectories(target.resolve("masks"));
    for (Path image : images(Path.of(arguments[0]))) {
      String name = image.getFileName().toString();
      union(image.resolve("../../masks").normalize(), target.resolve("masks").resolve(name));
      Files.copy(image, target.resolve("images").resolve(name));
    }
  }

  private static List<Path> images(Path cases) throws IOException {
    try (Stream<Path> files = Files.walk(cases)) {
      return files
          .filter(file -> file.toString().endsWith(".png"))
          .filter(file -> file.getParent().endsWith("images"))
          .sorted()
          .toList();
    }
  }

  private static void union(Path masks, Path target) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(masks)) {
      files = found.filter(file -> file.toString().endsWith(".png")).sorted().toList();
    }
    BufferedImage union = null;
    for (Path file : files) {
      Raster mask = read(file).getRaster();
      if (union == null) {
        union = new BufferedImage(mask.getWidth(), mask.getHeight(), BufferedImage.TYPE_BYTE_GRAY);
      } else if (mask.getWidth() != union.getWidth() || mask.getHeight() != union.getHeight()) {
        throw new IOException(file + " is not of the size of its case's other masks");
      }
      for (int y = 0; y < mask.getHeight(); y++) {
        for (int x = 0; x < mask.getWidth(); x++) {
          if (mask.getSample(x, y, 0) != 0) {
            union.getRaster().setSample(x, y, 0, 255);
          }
        }
      }
    }
    if (union == null) {
      throw new IOException(masks + " holds no mask");
    }
    ImageIO.write(union, "png", target.toFile());
  }

  private static BufferedImage read(Path file) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    if (image == null) {
      throw new IOException(file + " is not an image");
    }
    return image;
  }
}
