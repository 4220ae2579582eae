package dev.sinter.dataset.source;

import dev.sinter.dataset.source.dicom.DicomSeeds;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;

/**
 * Small whole files of every format, from which damaged ones are made. A format that is added to
 * {@link SourceFormats} needs seeds here: {@link FuzzTest} says so.
 */
final class FuzzSeeds {
  private FuzzSeeds() {}

  /** By a name that says which kind of the format it is. */
  static Map<String, byte[]> all() throws IOException {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    BufferedImage gray = SourceFormatsTest.image(BufferedImage.TYPE_BYTE_GRAY, 24, 20, 1);
    BufferedImage colour = SourceFormatsTest.image(BufferedImage.TYPE_3BYTE_BGR, 24, 20, 1);
    BufferedImage alpha = SourceFormatsTest.image(BufferedImage.TYPE_4BYTE_ABGR, 24, 20, 1);
    BufferedImage deep = SourceFormatsTest.image(BufferedImage.TYPE_USHORT_GRAY, 24, 20, 257);
    BufferedImage palette = new BufferedImage(20, 24, BufferedImage.TYPE_BYTE_INDEXED);
    BufferedImage bilevel = new BufferedImage(20, 24, BufferedImage.TYPE_BYTE_BINARY);
    for (String format : new String[] {"png", "jpeg", "bmp", "tiff"}) {
      seeds.put(format, SourceFormatsTest.encode(colour, format));
      seeds.put(format + "-gray", SourceFormatsTest.encode(gray, format));
    }
    for (String format : new String[] {"png", "tiff"}) {
      seeds.put(format + "-alpha", SourceFormatsTest.encode(alpha, format));
      seeds.put(format + "-16", SourceFormatsTest.encode(deep, format));
    }
    for (String format : new String[] {"png", "bmp", "tiff"}) {
      seeds.put(format + "-palette", SourceFormatsTest.encode(palette, format));
      seeds.put(format + "-bilevel", SourceFormatsTest.encode(bilevel, format));
    }
    seeds.put("jpeg-cmyk", RasterFiles.cmykJpeg(24, 20));
    seeds.put("jpeg-progressive", RasterFiles.progressiveJpeg(colour));
    seeds.put("bmp-555", RasterFiles.bmp555(24, 20));
    seeds.put("bmp-rle8", RasterFiles.bmpRle8(24, 20));
    seeds.put("tiff-stack", RasterFiles.tiff("LZW", gray, gray, gray));
    for (String compression : new String[] {"LZW", "Deflate", "PackBits", "JPEG"}) {
      seeds.put("tiff-" + compression, RasterFiles.tiff(compression, colour));
    }
    seeds.put("tiff-fax", RasterFiles.tiff("CCITT T.6", bilevel));
    for (int version = 1; version <= 2; version++) {
      byte[] volume = NiftiFormatTest.file(version, ByteOrder.BIG_ENDIAN, VoxelType.INT16, 1, 0);
      seeds.put("nifti-" + version, volume);
      seeds.put("nifti-gz-" + version, NiftiFormatTest.gzip(volume));
    }
    byte[] values = NumpyFiles.counting(VoxelType.FLOAT32, ByteOrder.LITTLE_ENDIAN, 60);
    byte[] array = NumpyFiles.npy(1, "'<f4'", "True", "(3, 4, 5)", values);
    seeds.put("npy-1", array);
    seeds.put("npy-3", NumpyFiles.npy(3, "'>f4'", "False", "(3, 4, 5)", values));
    byte[] other = NumpyFiles.npy(2, "'|u1'", "False", "(10, 6)", Arrays.copyOf(values, 60));
    seeds.put("npz", NumpyFiles.npz(ZipEntry.STORED, Map.of("arr_0", array)));
    seeds.put("npz-deflated", NumpyFiles.npz(ZipEntry.DEFLATED, Map.of("a", array, "b", other)));
    seeds.putAll(DicomSeeds.all());
    return seeds;
  }
}
