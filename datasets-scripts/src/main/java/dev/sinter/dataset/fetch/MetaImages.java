package dev.sinter.dataset.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * MetaImage volumes ({@code .mhd} with {@code .raw} or {@code .zraw}) become {@code .nii.gz} of the
 * same values and geometry. MetaImage counts millimetres to the patient's left and back, NIfTI to
 * the right and front: x and y change their signs.
 */
final class MetaImages {
  private static final int HEADER_BYTES = 352;
  private static final Map<String, int[]> TYPES = // NIfTI datatype, bytes
      Map.of(
          "MET_UCHAR", new int[] {2, 1},
          "MET_CHAR", new int[] {256, 1},
          "MET_SHORT", new int[] {4, 2},
          "MET_USHORT", new int[] {512, 2},
          "MET_INT", new int[] {8, 4},
          "MET_FLOAT", new int[] {16, 4});

  private MetaImages() {}

  /**
   * {@code FOLDER TARGET [ONLY LESS]}: only volumes that the folder {@code ONLY} holds too, as
   * masks whose labels above 0 are {@code LESS} smaller: classes count 1, 2, 3, ... without a gap.
   */
  public static void main(String[] arguments) throws IOException {
    Path target = Path.of(arguments[1]);
    List<Path> headers;
    try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
      headers = files.filter(file -> file.toString().endsWith(".mhd")).sorted().toList();
    }
    for (Path header : headers) {
      String name = header.getFileName().toString().replaceFirst("mhd$", "nii.gz");
      if (arguments.length < 3 || Files.exists(Path.of(arguments[2]).resolve(name))) {
        convert(
            header,
            target.resolve(name),
            arguments.length < 4 ? 0 : Integer.parseInt(arguments[3]));
      }
    }
  }

  private static void convert(Path file, Path target, int less) throws IOException {
    Map<String, String> meta = new HashMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        meta.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
      }
    }
    int[] type = TYPES.get(meta.get("ElementType"));
    double[] size = numbers(meta, "DimSize", 3);
    if (type == null || meta.getOrDefault("ElementNumberOfChannels", "1").compareTo("1") != 0) {
      throw new IOException(file + ": values of the type " + meta.get("ElementType"));
    }
    if (isTrue(meta, "BinaryDataByteOrderMSB") || isTrue(meta, "ElementByteOrderMSB")) {
      throw new IOException(file + ": the byte order is big-endian");
    }
    byte[] header = header(meta, size, type);
    long expected = Math.round(size[0] * size[1] * size[2] * type[1]);
    Path data = file.resolveSibling(meta.getOrDefault("ElementDataFile", ""));
    try (InputStream raw = Files.newInputStream(data);
        InputStream in = isTrue(meta, "CompressedData") ? new InflaterInputStream(raw) : raw;
        OutputStream out = new GZIPOutputStream(Files.newOutputStream(target), 1 << 16)) {
      out.write(header);
      long copied = less == 0 ? in.transferTo(out) : relabel(in, out, type[1], less);
      if (copied != expected) {
        throw new IOException(data + " holds " + copied + " bytes, not " + expected);
      }
    }
  }

  private static long relabel(InputStream in, OutputStream out, int bytes, int less)
      throws IOException {
    long copied = 0;
    for (byte[] part = in.readNBytes(1 << 16); part.length > 0; part = in.readNBytes(1 << 16)) {
      for (int i = 0; i < part.length; i += bytes) { // the lowest byte of a value comes first
        if (part[i] > 0 && part[i] <= less) {
          throw new IOException("the label " + part[i] + " is not expected");
        }
        part[i] = (byte) (part[i] == 0 ? 0 : part[i] - less);
      }
      out.write(part);
      copied += part.length;
    }
    return copied;
  }

  private static boolean isTrue(Map<String, String> meta, String key) {
    return meta.getOrDefault(key, "False").equalsIgnoreCase("true");
  }

  private static byte[] header(Map<String, String> meta, double[] size, int[] type)
      throws IOException {
    double[] spacing = numbers(meta, "ElementSpacing", 3);
    double[] offset = numbers(meta, "Offset", 3);
    double[] matrix = numbers(meta, "TransformMatrix", 9); // a row for each axis of the volume
    ByteBuffer b = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(0, 348).putShort(40, (short) 3);
    b.putShort(70, (short) type[0]).putShort(72, (short) (8 * type[1]));
    b.putFloat(76, 1).putFloat(108, HEADER_BYTES).putFloat(112, 1).put(123, (byte) 2);
    b.putShort(254, (short) 1); // sform: coordinates of the scanner
    for (int axis = 0; axis < 7; axis++) {
      b.putShort(42 + 2 * axis, (short) (axis < 3 ? size[axis] : 1));
      b.putFloat(80 + 4 * axis, axis < 3 ? (float) spacing[axis] : 0);
    }
    for (int row = 0; row < 3; row++) {
      double sign = row < 2 ? -1 : 1;
      for (int axis = 0; axis < 3; axis++) {
        b.putFloat(
            280 + 16 * row + 4 * axis, (float) (sign * matrix[3 * axis + row] * spacing[axis]));
      }
      b.putFloat(280 + 16 * row + 12, (float) (sign * offset[row]));
    }
    return b.put(344, new byte[] {'n', '+', '1', 0}).array();
  }

  private static double[] numbers(Map<String, String> meta, String key, int count)
      throws IOException {
    double[] numbers =
        Arrays.stream(meta.getOrDefault(key, "").split("\\s+"))
            .filter(text -> !text.isEmpty())
            .mapToDouble(Double::parseDouble)
            .toArray();
    if (numbers.length != count) {
      throw new IOException(key + " has " + numbers.length + " numbers, not " + count);
    }
    return numbers;
  }
}
