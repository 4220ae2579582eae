package dev.sinter.dataset.source.dicom;

import java.util.List;

/**
 * One data element, PS3.5 section 7.1: where its value lies, not the value.
 *
 * @param tag group and element
 * @param vr as the file says, {@link Vr#UN} when it does not
 * @param encoding of the value
 * @param offset first byte of the value
 * @param length bytes of the value, {@link #UNDEFINED} where delimiters end it
 * @param parts of a value of undefined length: items of a sequence, or fragments of encapsulated
 *     pixels with the offset table first (PS3.5 A.4)
 */
record Element(int tag, Vr vr, Encoding encoding, int offset, int length, List<Span> parts) {
  static final int UNDEFINED = -1;

  /** Bytes of the file, without an item header. */
  record Span(int offset, int length) {

    int end() {
      return offset + length;
    }
  }

  boolean isUndefinedLength() {
    return length == UNDEFINED;
  }

  /** The representation to read the value with. */
  Vr effectiveVr() {
    return vr == Vr.UN ? Tags.vr(tag) : vr;
  }
}
