package dev.sinter.dataset.source.dicom;

/** How the elements of a data set are written, PS3.5 sections 7.1.2, 7.1.3 and 7.3. */
enum Encoding {
  IMPLICIT_LITTLE(false, false),
  EXPLICIT_LITTLE(true, false),
  EXPLICIT_BIG(true, true);

  private final boolean explicit;
  private final boolean bigEndian;

  Encoding(boolean explicit, boolean bigEndian) {
    this.explicit = explicit;
    this.bigEndian = bigEndian;
  }

  boolean isExplicit() {
    return explicit;
  }

  boolean isBigEndian() {
    return bigEndian;
  }

  int unsigned16(byte[] content, int at) {
    int first = content[at] & 0xff;
    int second = content[at + 1] & 0xff;
    return bigEndian ? first << 8 | second : second << 8 | first;
  }

  int signed32(byte[] content, int at) {
    int first = unsigned16(content, at);
    int second = unsigned16(content, at + 2);
    return bigEndian ? first << 16 | second : second << 16 | first;
  }

  long unsigned32(byte[] content, int at) {
    return signed32(content, at) & 0xffffffffL;
  }

  long signed64(byte[] content, int at) {
    long first = unsigned32(content, at);
    long second = unsigned32(content, at + 4);
    return bigEndian ? first << 32 | second : second << 32 | first;
  }

  /** Group and element as one number, group first. */
  int tag(byte[] content, int at) {
    return unsigned16(content, at) << 16 | unsigned16(content, at + 2);
  }
}
