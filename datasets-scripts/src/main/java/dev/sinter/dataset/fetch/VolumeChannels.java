package dev.sinter.dataset.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * NIfTI-1 volumes {@code CASE.nii.gz} of four dimensions (x, y, z, channel) become a volume for
 * each channel, {@code CASE_0000.nii.gz}, {@code CASE_0001.nii.gz}, ..., as nnU-Net names them.
 */
final class VolumeChannels {
  private static final int DIMENSIONS = 40;

  private VolumeChannels() {}

  /** {@code FOLDER}. */
  public static void main(String[] arguments) throws IOException {
    List<Path> volumes;
    try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
      volumes =
          files
              .filter(file -> file.toString().endsWith(".nii.gz"))
              .filter(file -> !file.getFileName().toString().startsWith("."))
              .sorted()
              .toList();
    }
    for (Path volume : volumes) {
      divide(volume);
    }
  }

  private static void divide(Path volume) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(volume), 1 << 16)) {
      byte[] first = in.readNBytes(348);
      ByteBuffer header = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN);
      if (first.length < 348 || header.getInt(0) != 348) {
        throw new IOException(volume + " is not little-endian NIfTI-1");
      }
      if (header.getShort(DIMENSIONS) != 4) {
        throw new IOException(volume + " has " + header.getShort(DIMENSIONS) + " dimensions");
      }
      in.skipNBytes((long) header.getFloat(108) - 348); // extensions
      long bytes = header.getShort(72) / 8;
      for (int axis = 1; axis <= 3; axis++) {
        bytes *= header.getShort(DIMENSIONS + 2 * axis);
      }
      int channels = header.getShort(DIMENSIONS + 8);
      header.putShort(DIMENSIONS, (short) 3).putShort(DIMENSIONS + 8, (short) 1);
      header.putFloat(108, 352);
      for (int channel = 0; channel < channels; channel++) {
        String suffix = String.format(Locale.ROOT, "_%04d.nii.gz", channel);
        Path target =
            volume.resolveSibling(
                volume.getFileName().toString().replaceFirst("\\.nii\\.gz$", suffix));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(target), 1 << 16)) {
          out.write(first);
          out.write(new byte[4]);
          copy(in, out, bytes);
        }
      }
    }
    Files.delete(volume);
  }

  private static void copy(InputStream in, OutputStream out, long bytes) throws IOException {
    for (long left = bytes; left > 0; ) {
      byte[] part = in.readNBytes((int) Math.min(1 << 16, left));
      if (part.length == 0) {
        throw new IOException("the volume ends early");
      }
      out.write(part);
      left -= part.length;
    }
  }
}
