package dev.sinter.dataset.source;

import dev.sinter.error.SinterException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a NumPy array, format 1.0 to 3.0 (numpy.lib.format): a Python dictionary of three
 * known keys, which is matched, not evaluated.
 *
 * @param type of the values
 * @param bigEndian byte order of the values
 * @param fortranOrder whether the first axis is fastest
 * @param shape as NumPy shows it
 * @param bytes length of the header with its magic: where the values begin
 */
record NpyHeader(VoxelType type, boolean bigEndian, boolean fortranOrder, int[] shape, int bytes) {
  /** More than any header of numbers needs; NumPy itself refuses more than 10 000. */
  static final int MOST_BYTES = 1 << 14;

  private static final int MOST_AXES = 32;
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*(?:'([^']{1,64})'|(\\[))");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)\\b");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\sL]*)\\)");
  private static final Pattern TYPE = Pattern.compile("([<>|=]?)([a-zA-Z?])(\\d*).*");

  static boolean looksLike(byte[] content) {
    return content.length >= 10 && Arrays.equals(content, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  static NpyHeader parse(String path, byte[] content) {
    int major = content[6];
    if (!looksLike(content) || major < 1 || major > 3) {
      throw damaged(path, "version " + major + " of the format; 1 to 3 are read");
    }
    ByteBuffer b = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    int start = major == 1 ? 10 : 12;
    long length =
        major == 1 ? b.getShort(8) & 0xffff : content.length < 12 ? 0 : b.getInt(8) & 0xffffffffL;
    if (length > MOST_BYTES || start + length > content.length) {
      throw damaged(path, "its header of " + length + " bytes is not in the file");
    }
    String text = new String(content, start, (int) length, StandardCharsets.ISO_8859_1);
    Matcher descr = find(path, text, DESCR, "descr");
    Matcher order = find(path, text, ORDER, "fortran_order");
    Matcher shape = find(path, text, SHAPE, "shape");
    String description = descr.group(2) == null ? descr.group(1) : "of named fields";
    Matcher parts = TYPE.matcher(description);
    Optional<VoxelType> type =
        parts.matches() ? typeOf(parts.group(2) + parts.group(3)) : Optional.empty();
    if (type.isEmpty()) {
      throw SourceErrors.data(
          "NPY_TYPE_UNSUPPORTED",
          path
              + ": values of type "
              + (description.endsWith("O")
                  ? "object are a Python pickle, and nothing in one is ever run"
                  : description + " are not read"),
          "Save the array with a type of numbers, such as array.astype('float32').");
    }
    return new NpyHeader(
        type.get(),
        parts.group(1).equals(">"),
        order.group(1).equals("True"),
        extents(path, shape.group(1)),
        start + (int) length);
  }

  private static Matcher find(String path, String text, Pattern pattern, String key) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw damaged(path, "its header has no " + key + " that can be read");
    }
    return matcher;
  }

  private static int[] extents(String path, String text) {
    List<Integer> extents = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String digits = part.strip().replaceFirst("L$", ""); // Python 2 wrote long numbers so
      if (digits.isEmpty()) {
        continue;
      }
      try {
        extents.add(Integer.parseInt(digits));
      } catch (NumberFormatException e) {
        throw damaged(path, "an axis of " + digits + " values");
      }
    }
    if (extents.size() > MOST_AXES) {
      throw damaged(path, extents.size() + " axes");
    }
    return extents.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Optional<VoxelType> typeOf(String name) {
    return Optional.ofNullable(
        switch (name) {
          case "b1", "?" -> VoxelType.BOOL;
          case "u1", "B" -> VoxelType.UINT8;
          case "i1", "b" -> VoxelType.INT8;
          case "u2" -> VoxelType.UINT16;
          case "i2" -> VoxelType.INT16;
          case "u4" -> VoxelType.UINT32;
          case "i4" -> VoxelType.INT32;
          case "u8" -> VoxelType.UINT64;
          case "i8" -> VoxelType.INT64;
          case "f2" -> VoxelType.FLOAT16;
          case "f4" -> VoxelType.FLOAT32;
          case "f8" -> VoxelType.FLOAT64;
          case "c8" -> VoxelType.COMPLEX64;
          case "c16" -> VoxelType.COMPLEX128;
          default -> null;
        });
  }

  /** Bytes of all values; beyond a long counts as its largest. */
  long valueBytes() {
    long bytes = type.bytes();
    boolean overflow = false;
    for (int extent : shape) {
      if (extent == 0) {
        return 0;
      }
      overflow |= bytes > Long.MAX_VALUE / extent;
      bytes *= extent;
    }
    return overflow ? Long.MAX_VALUE : bytes;
  }

  /** The array of the values that follow this header. */
  RawArray array(String path, String name, byte[] values) {
    if (valueBytes() != values.length) {
      throw truncated(path, valueBytes(), values.length);
    }
    if (bigEndian) {
      StoredValues.swap(values, type.isReal() ? type.bytes() : type.bytes() / 2);
    }
    List<Integer> extents = Arrays.stream(shape).boxed().toList();
    boolean turned = fortranOrder && shape.length > 1 && values.length > 0;
    return new RawArray(
        name,
        extents,
        type,
        turned ? StoredValues.fortranToC(values, shape, type.bytes()) : values);
  }

  static SinterException truncated(String path, long needed, long there) {
    return SourceErrors.data(
        "NPY_TRUNCATED",
        path + ": its shape needs " + needed + " bytes of values, " + there + " are there",
        "Copy the file again from its origin or remove it.");
  }

  static SinterException damaged(String path, String reason) {
    return SourceErrors.data(
        "NPY_INVALID", path + ": " + reason, "Replace the file from its origin or remove it.");
  }
}
