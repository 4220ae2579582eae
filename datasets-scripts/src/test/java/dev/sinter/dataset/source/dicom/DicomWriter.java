package dev.sinter.dataset.source.dicom;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;

/** Writes the DICOM files that tests read: as simple as the standard allows, or as odd as asked. */
final class DicomWriter {
  private final Encoding encoding;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  DicomWriter(Encoding encoding) {
    this.encoding = encoding;
  }

  static DicomWriter explicit() {
    return new DicomWriter(Encoding.EXPLICIT_LITTLE);
  }

  /** A gray 8-bit image that lacks only its pixels. */
  static DicomWriter image(Encoding encoding, int rows, int columns, int bits) {
    return new DicomWriter(encoding)
        .text(Tags.SOP_CLASS_UID, Vr.UI, "1.2.840.10008.5.1.4.1.1.7")
        .number(Tags.SAMPLES_PER_PIXEL, 1)
        .text(Tags.PHOTOMETRIC_INTERPRETATION, Vr.CS, "MONOCHROME2")
        .number(Tags.ROWS, rows)
        .number(Tags.COLUMNS, columns)
        .number(Tags.BITS_ALLOCATED, bits)
        .number(Tags.BITS_STORED, bits)
        .number(Tags.HIGH_BIT, bits - 1)
        .number(Tags.PIXEL_REPRESENTATION, 0);
  }

  DicomWriter text(int tag, Vr vr, String text) {
    byte[] value = text.getBytes(StandardCharsets.ISO_8859_1);
    byte[] padded = java.util.Arrays.copyOf(value, value.length + value.length % 2);
    if (padded.length > value.length) {
      padded[value.length] = (byte) (vr == Vr.UI ? 0 : ' ');
    }
    return bytes(tag, vr, padded);
  }

  /** One or more US. */
  DicomWriter number(int tag, int... values) {
    byte[] words = new byte[2 * values.length];
    ByteBuffer buffer = buffer(words);
    for (int value : values) {
      buffer.putShort((short) value);
    }
    return bytes(tag, Vr.US, words);
  }

  DicomWriter bytes(int tag, Vr vr, byte[] value) {
    header(tag, vr, value.length);
    out.writeBytes(value);
    return this;
  }

  /** A sequence of known or, with {@link Element#UNDEFINED}, delimited length. */
  DicomWriter sequence(int tag, int length, DicomWriter... items) {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    for (DicomWriter item : items) {
      value.writeBytes(tagAndLength(Tags.ITEM, length == Element.UNDEFINED ? -1 : item.out.size()));
      value.writeBytes(item.data());
      if (length == Element.UNDEFINED) {
        value.writeBytes(tagAndLength(Tags.ITEM_END, 0));
      }
    }
    header(tag, Vr.SQ, length == Element.UNDEFINED ? -1 : value.size());
    out.writeBytes(value.toByteArray());
    return length == Element.UNDEFINED ? raw(tagAndLength(Tags.SEQUENCE_END, 0)) : this;
  }

  /** Encapsulated pixels: the offset table, then fragments. */
  DicomWriter fragments(int[] offsets, byte[]... fragments) {
    header(Tags.PIXELS, Vr.OB, -1);
    byte[] entries = new byte[4 * offsets.length];
    ByteBuffer table = buffer(entries);
    for (int offset : offsets) {
      table.putInt(offset);
    }
    raw(tagAndLength(Tags.ITEM, entries.length)).raw(entries);
    for (byte[] fragment : fragments) {
      raw(tagAndLength(Tags.ITEM, fragment.length)).raw(fragment);
    }
    return raw(tagAndLength(Tags.SEQUENCE_END, 0));
  }

  DicomWriter raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  void header(int tag, Vr vr, int length) {
    byte[] bytes = new byte[12];
    ByteBuffer header = buffer(bytes).putShort((short) (tag >>> 16)).putShort((short) tag);
    if (encoding.isExplicit()) {
      header.put((byte) vr.name().charAt(0)).put((byte) vr.name().charAt(1));
      if (vr.hasLongLength()) {
        header.putShort((short) 0).putInt(length);
      } else {
        header.putShort((short) length);
      }
    } else {
      header.putInt(length);
    }
    out.write(bytes, 0, header.position());
  }

  byte[] tagAndLength(int tag, int length) {
    byte[] bytes = new byte[8];
    buffer(bytes).putShort((short) (tag >>> 16)).putShort((short) tag).putInt(length);
    return bytes;
  }

  private ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes)
        .order(encoding.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
  }

  /** The data set alone. */
  byte[] data() {
    return out.toByteArray();
  }

  /** The file: preamble, File Meta Information, data set. */
  byte[] file(String transferSyntax) {
    DicomWriter meta = explicit().text(Tags.TRANSFER_SYNTAX_UID, Vr.UI, transferSyntax);
    DicomWriter all = explicit().raw(new byte[128]).raw(new byte[] {'D', 'I', 'C', 'M'});
    ByteBuffer groupLength =
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(meta.out.size());
    all.bytes(0x00020000, Vr.UL, groupLength.array()).raw(meta.data());
    return all.raw(transferSyntax.endsWith("1.99") ? deflated(data()) : data()).data();
  }

  /** The file in the plain transfer syntax of its encoding. */
  byte[] file() {
    return file(TransferSyntax.plain(encoding).uid());
  }

  static byte[] deflated(byte[] data) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(data);
    deflater.finish();
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 16];
    while (!deflater.finished()) {
      deflated.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return deflated.toByteArray();
  }
}
