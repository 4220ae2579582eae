package dev.sinter.dataset.source.dicom;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A file, PS3.10 chapter 7: preamble, File Meta Information, data set. Files without the first or
 * both are read where their first elements leave no doubt, as old archives hold them.
 *
 * @param meta elements of group 0002
 * @param data all others
 * @param syntax declared, or found in the first element
 * @param encoding that the data set really has
 * @param notes what departs from the standard
 */
record DicomFile(
    DataSet meta, DataSet data, TransferSyntax syntax, Encoding encoding, List<String> notes) {
  private static final int PREAMBLE = 128;
  private static final int META_GROUP = 0x0002;

  DicomFile {
    notes = List.copyOf(notes);
  }

  /** Whether a file is DICOM, by its mark or, without one, by its first two elements. */
  static boolean matches(byte[] content) {
    return hasMark(content, PREAMBLE) || hasMark(content, 0) || startsWithElements(content);
  }

  private static boolean hasMark(byte[] content, int at) {
    return content.length >= at + 4
        && content[at] == 'D'
        && content[at + 1] == 'I'
        && content[at + 2] == 'C'
        && content[at + 3] == 'M';
  }

  private static boolean startsWithElements(byte[] content) {
    if (content.length < 16) {
      return false;
    }
    Encoding encoding = sniff(content, 0);
    int tag = encoding.tag(content, 0);
    int group = tag >>> 16;
    boolean first = group == META_GROUP || group == 0x0008;
    if (!first || (tag & 0xffff) > 0x1200) {
      return false;
    }
    long length;
    if (encoding.isExplicit()) {
      Vr vr = Vr.of(content[4] & 0xff, content[5] & 0xff);
      length =
          vr.hasLongLength()
              ? 4 + encoding.unsigned32(content, 8)
              : encoding.unsigned16(content, 6);
    } else {
      length = encoding.unsigned32(content, 4);
    }
    long next = 8 + length;
    if (length > 0xffff || next > content.length) {
      return false;
    }
    return next + 8 > content.length
        ? next == content.length
        : Integer.compareUnsigned(encoding.tag(content, (int) next), tag) > 0;
  }

  /** The encoding of the element at {@code start}: its group tells the byte order. */
  private static Encoding sniff(byte[] content, int start) {
    boolean letters = Vr.of(content[start + 4] & 0xff, content[start + 5] & 0xff) != null;
    if (!letters) {
      return Encoding.IMPLICIT_LITTLE;
    }
    boolean big = content[start] == 0 && content[start + 1] != 0;
    return big ? Encoding.EXPLICIT_BIG : Encoding.EXPLICIT_LITTLE;
  }

  /** Whether an element has a representation that the standard may know in a later edition. */
  private static boolean beginsUnknown(byte[] content, int start) {
    return Vr.of(content[start + 4] & 0xff, content[start + 5] & 0xff) == null
        && DataSetParser.isLetter(content[start + 4])
        && DataSetParser.isLetter(content[start + 5]);
  }

  static DicomFile parse(byte[] content) {
    if (!matches(content)) {
      throw DicomErrors.invalid(
          "the file is no DICOM: no mark DICM, and it begins with no element");
    }
    List<String> notes = new ArrayList<>();
    int start = hasMark(content, PREAMBLE) ? PREAMBLE + 4 : hasMark(content, 0) ? 4 : 0;
    if (start != PREAMBLE + 4) {
      notes.add("no preamble (PS3.10 7.1)");
    }
    Map<Integer, Element> metaElements = new HashMap<>();
    int dataStart = DataSetParser.parseGroup(content, start, META_GROUP, metaElements);
    DataSet meta = new DataSet(content, metaElements);
    String uid = meta.text(Tags.TRANSFER_SYNTAX_UID);
    boolean sniffable = content.length - dataStart >= 8;
    if (uid.isEmpty()) {
      notes.add("no transfer syntax: taken from the first element");
      Encoding found = sniffable ? sniff(content, dataStart) : Encoding.EXPLICIT_LITTLE;
      TransferSyntax syntax = TransferSyntax.plain(found);
      return of(content, dataStart, meta, syntax, found, notes);
    }
    TransferSyntax syntax = TransferSyntax.of(uid);
    if (syntax.pixels() == TransferSyntax.Pixels.DEFLATED_DATA_SET) {
      byte[] data = Deflate.inflate(content, dataStart, content.length - dataStart);
      return of(data, 0, meta, syntax, syntax.encoding(), notes);
    }
    Encoding encoding = syntax.encoding();
    if (sniffable && !(encoding.isExplicit() && beginsUnknown(content, dataStart))) {
      encoding = sniff(content, dataStart);
    }
    if (encoding != syntax.encoding()) {
      notes.add("the data set is written as " + encoding + ", not as its transfer syntax says");
    }
    return of(content, dataStart, meta, syntax, encoding, notes);
  }

  private static DicomFile of(
      byte[] content,
      int start,
      DataSet meta,
      TransferSyntax syntax,
      Encoding encoding,
      List<String> notes) {
    DataSet data = DataSetParser.parse(content, start, content.length, encoding);
    return new DicomFile(meta, data, syntax, encoding, notes);
  }
}
