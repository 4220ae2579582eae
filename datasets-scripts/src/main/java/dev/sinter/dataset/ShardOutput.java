package dev.sinter.dataset;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/**
 * The file that a shard is written to: hashes what passes, and makes the footer reproducible.
 *
 * <p>Parquet lists the encodings of a column in the order of a hash set of enum constants, which
 * differs from one JVM to the next. The end of the file is held back until the footer is complete;
 * then these lists are sorted, so that the same samples give the same bytes everywhere.
 */
final class ShardOutput extends PositionOutputStream implements OutputFile {
  /** Far more than a footer needs: about 3 KB for each row group of 4 MB. */
  private static final int HELD_BYTES = 4 << 20;

  private static final int LENGTH_AND_MAGIC = 8;
  private static final byte[] MAGIC = {'P', 'A', 'R', '1'};

  private final OutputStream out;
  private final MessageDigest digest = SourceNames.sha256();
  private final byte[] held = new byte[2 * HELD_BYTES];
  private int heldBytes;
  private long passedBytes;
  private boolean closed;

  ShardOutput(OutputStream out) {
    this.out = out;
  }

  /** Size of the file; after {@link #close()}. */
  long bytes() {
    return passedBytes;
  }

  /** SHA-256 of the file; after {@link #close()}, once. */
  String sha256() {
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public long getPos() {
    return passedBytes + heldBytes;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      if (heldBytes == held.length) {
        pass(held, HELD_BYTES);
        System.arraycopy(held, HELD_BYTES, held, 0, HELD_BYTES);
        heldBytes = HELD_BYTES;
      }
      int part = Math.min(left, held.length - heldBytes);
      System.arraycopy(bytes, from, held, heldBytes, part);
      heldBytes += part;
      from += part;
      left -= part;
    }
  }

  private void pass(byte[] bytes, int length) throws IOException {
    out.write(bytes, 0, length);
    digest.update(bytes, 0, length);
    passedBytes += length;
  }

  /** Completes the file. After a failed write there is no footer: then the rest goes out as is. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (out) {
      int footer = footerStart();
      byte[] sorted = footer < 0 ? new byte[0] : sortedFooter(footer);
      pass(held, footer < 0 ? heldBytes : footer);
      pass(sorted, sorted.length);
    }
  }

  /** Where the footer begins among the bytes held back; negative without one that is whole. */
  private int footerStart() {
    int end = heldBytes - LENGTH_AND_MAGIC;
    if (end < 0 || !Arrays.equals(held, end + 4, heldBytes, MAGIC, 0, MAGIC.length)) {
      return -1;
    }
    return end - ByteBuffer.wrap(held).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
  }

  private byte[] sortedFooter(int start) throws IOException {
    FileMetaData footer =
        Util.readFileMetaData(new ByteArrayInputStream(held, start, heldBytes - start));
    for (RowGroup group : footer.getRow_groups()) {
      for (ColumnChunk column : group.getColumns()) {
        Collections.sort(column.getMeta_data().getEncodings());
        if (column.getMeta_data().isSetEncoding_stats()) {
          column
              .getMeta_data()
              .getEncoding_stats()
              .sort(
                  Comparator.comparing(PageEncodingStats::getPage_type)
                      .thenComparing(PageEncodingStats::getEncoding));
        }
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Util.writeFileMetaData(footer, bytes);
    ByteBuffer end = ByteBuffer.allocate(LENGTH_AND_MAGIC).order(ByteOrder.LITTLE_ENDIAN);
    end.putInt(bytes.size());
    end.put(MAGIC);
    bytes.write(end.array());
    return bytes.toByteArray();
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) {
    return this;
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) {
    return this;
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }
}
