package dev.sinter.dataset.source;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import dev.sinter.error.SinterException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** PNG, JPEG, BMP and TIFF: raster values as they are stored, colours as red, green, blue. */
enum RasterFormat implements SourceFormat {
  PNG("\u0089PNG\r\n\u001a\n"),
  JPEG("\u00ff\u00d8\u00ff"),
  BMP("BM"),
  TIFF("");

  private final String magic;

  RasterFormat(String magic) {
    this.magic = magic;
  }

  @Override
  public boolean matches(byte[] content) {
    if (this == TIFF) {
      return startsWith(content, "II*\u0000")
          || startsWith(content, "MM\u0000*")
          || startsWith(content, "II+\u0000")
          || startsWith(content, "MM\u0000+");
    }
    return startsWith(content, magic);
  }

  private static boolean startsWith(byte[] content, String magic) {
    if (content.length < magic.length()) {
      return false;
    }
    for (int i = 0; i < magic.length(); i++) {
      if ((content[i] & 0xff) != magic.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public RawSource read(SourceFile file) throws IOException {
    return read(file.path(), file.content(), RasterPixels.Palette.COLOURS);
  }

  @Override
  public RawSource readMask(SourceFile file) throws IOException {
    return read(file.path(), file.content(), RasterPixels.Palette.INDICES);
  }

  private RawSource read(String path, byte[] content, RasterPixels.Palette palette) {
    if (this == PNG) {
      PngChunks.verify(path, content);
    }
    JpegHeader jpeg = this == JPEG ? JpegHeader.parse(path, content) : JpegHeader.NONE;
    ImageReader reader = newReader();
    List<String> warnings = new ArrayList<>();
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      reader.setInput(stream, false, this != TIFF);
      int pages = this == TIFF ? reader.getNumImages(true) : 1;
      RasterLimits.check(path, content.length, reader, pages);
      List<RawImage> images = new ArrayList<>();
      for (int page = 0; page < pages; page++) {
        TiffTags tags = this == TIFF ? TiffTags.of(reader.getImageMetadata(page)) : TiffTags.NONE;
        RasterPixels pixels = new RasterPixels(path, key(), palette, tags);
        if (jpeg.isCmyk()) {
          images.add(pixels.ofCmyk(jpeg, reader.readRaster(page, null)));
        } else if (isFloating(reader, page)) {
          images.add(pixels.ofFloats(reader.readRaster(page, null), notes(jpeg, tags)));
        } else {
          images.add(pixels.of(image(reader, page), notes(jpeg, tags)));
        }
        refuseDamage(path, warnings);
      }
      return pages == 1 ? images.get(0) : RasterStack.of(path, images);
    } catch (IOException | RuntimeException e) {
      if (e instanceof SinterException coded) {
        throw coded;
      }
      throw SourceErrors.unreadable(path, key(), e);
    } finally {
      reader.dispose();
    }
  }

  private static BufferedImage image(ImageReader reader, int page) throws IOException {
    BufferedImage image = reader.read(page);
    if (image == null) {
      throw new IOException("nothing was decoded");
    }
    return image;
  }

  /** The TIFF reader cuts images of floats to 0 ... 1, but not rasters. */
  private static boolean isFloating(ImageReader reader, int page) throws IOException {
    ImageTypeSpecifier type = reader.getRawImageType(page);
    int values = type == null ? DataBuffer.TYPE_BYTE : type.getSampleModel().getDataType();
    return values == DataBuffer.TYPE_FLOAT || values == DataBuffer.TYPE_DOUBLE;
  }

  private static List<String> notes(JpegHeader jpeg, TiffTags tags) {
    int orientation = Math.max(jpeg.orientation(), tags.orientation());
    return orientation > 1 ? List.of(SourceNotes.orientationNotApplied(orientation)) : List.of();
  }

  private ImageReader newReader() {
    return this == TIFF
        ? new TIFFImageReaderSpi().createReaderInstance(null)
        : ImageIO.getImageReadersByFormatName(key()).next();
  }

  private String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The JPEG decoder fills what is missing with gray and only warns. */
  private void refuseDamage(String path, List<String> warnings) {
    for (String warning : warnings) {
      String lower = warning.toLowerCase(Locale.ROOT);
      if (lower.contains("premature end") || lower.contains("corrupt")) {
        throw SourceErrors.unreadable(path, key(), warning);
      }
    }
  }
}
