package dev.sinter.trainer.tracking;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.client.HdfsDataOutputStream;
import org.apache.hadoop.hdfs.client.HdfsDataOutputStream.SyncFlag;

/**
 * The event files of a folder, one after the other: a driver begins a new one, since not every file
 * system appends and the last driver may have left half a record. Their names grow, which is the
 * order in which TensorBoard reads them.
 */
final class EventFiles implements AutoCloseable {
  /** The capability of a stream whose readers see what it has flushed, as Hadoop names it. */
  private static final String HFLUSH = "hflush";

  private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d{10})\\..*");

  private final FileSystem files;
  private final Path folder;
  private final double startTime;
  private FSDataOutputStream out;

  /**
   * A writer, which creates its file with the first record.
   *
   * @param startTime seconds since 1970
   */
  EventFiles(FileSystem files, Path folder, double startTime) {
    // Checksum files beside them would be in the way: they hold back what is not yet a whole chunk.
    this.files = files instanceof ChecksumFileSystem checked ? checked.getRawFileSystem() : files;
    this.folder = folder;
    this.startTime = startTime;
  }

  /** Whether an earlier driver has left files here. */
  boolean hasEarlier() throws IOException {
    return newest() >= 0;
  }

  /** Adds an event. */
  void append(byte[] event) throws IOException {
    if (out == null) {
      open();
    }
    out.write(RecordFraming.record(event));
  }

  /**
   * Makes readers see all so far. Where a file cannot be seen before it is closed, as in object
   * stores, the next event begins another one.
   */
  void publish() throws IOException {
    if (out == null) {
      return;
    }
    if (out instanceof HdfsDataOutputStream hdfs) {
      // The NameNode is told the length too: readers that ask it would see an empty file.
      hdfs.hsync(EnumSet.of(SyncFlag.UPDATE_LENGTH));
    } else if (out.hasCapability(HFLUSH)) {
      out.hflush();
    } else {
      close();
    }
  }

  /** Gives the open file up after a failure. */
  void abandon() {
    try {
      close();
    } catch (IOException e) {
      out = null; // its end is lost; the next event begins another file
    }
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      FSDataOutputStream finished = out;
      out = null;
      finished.close();
    }
  }

  private void open() throws IOException {
    long number = Math.max((long) startTime, newest() + 1);
    Path file =
        new Path(folder, String.format(Locale.ROOT, "events.out.tfevents.%010d.sinter", number));
    out = files.create(file, false);
    out.write(RecordFraming.record(SummaryEvent.fileVersion(startTime)));
  }

  private long newest() throws IOException {
    long newest = -1;
    try {
      for (FileStatus status : files.listStatus(folder)) {
        Matcher name = NAME.matcher(status.getPath().getName());
        if (name.matches()) {
          newest = Math.max(newest, Long.parseLong(name.group(1)));
        }
      }
    } catch (FileNotFoundException e) {
      return -1;
    }
    return newest;
  }
}
