package dev.sinter.dataset;

import dev.sinter.dataset.source.NiftiWriter;
import dev.sinter.dataset.source.RawVolume;
import dev.sinter.dataset.source.SourceFile;
import dev.sinter.dataset.source.dicom.DicomSeries;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files of one volume of a DICOM series.
 *
 * @param name of the volume's file, without anything that may tell who the patient is
 * @param paths of its slices
 * @param shown the same files hashed, for messages
 */
record SeriesVolume(String name, List<String> paths, List<String> shown) implements Serializable {

  /** Copies into lists that can be shipped. */
  SeriesVolume {
    paths = new ArrayList<>(paths);
    shown = new ArrayList<>(shown);
  }

  /**
   * What became of it.
   *
   * @param name of the volume's file
   * @param extents columns, rows, slices; none where it was refused
   * @param notes what was done to values or geometry
   * @param code why it was refused; empty when it was written
   * @param message the same in words that hold nothing of a path
   */
  record Written(String name, int[] extents, List<String> notes, String code, String message)
      implements Serializable {
    static Written refused(String name, String code, String message) {
      return new Written(name, new int[0], List.of(), code, message);
    }

    boolean isThere() {
      return code.isEmpty();
    }
  }

  /** Reads the slices one at a time and writes the volume, whole or not at all. On executors. */
  Written write(String folder, Configuration configuration) throws IOException {
    List<SourceFile> files = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      files.add(new Slice(shown.get(i), paths.get(i), configuration));
    }
    RawVolume volume;
    try {
      volume = DicomSeries.read(files).volume();
    } catch (SinterException e) {
      return refused(e.code(), e.getMessage());
    } catch (IOException e) { // its message names the file
      throw DatasetErrors.unreadableBelow(name, e);
    } catch (RuntimeException e) { // one series must not end the run; its message may hold anything
      return refused("IMAGE_UNREADABLE", "it cannot be decoded: " + kind(e));
    } catch (OutOfMemoryError e) {
      return refused("IMAGE_TOO_LARGE", "it does not fit into the task's memory");
    }
    try {
      put(new Path(folder), volume, configuration);
    } catch (SinterException e) {
      return refused(e.code(), e.getMessage());
    }
    int[] extents = {volume.extent(0), volume.extent(1), volume.extent(2)};
    return new Written(name, extents, List.copyOf(volume.notes()), "", "");
  }

  private Written refused(String code, String message) {
    return Written.refused(name, code, message);
  }

  private static String kind(Exception failure) {
    return failure.getClass().getSimpleName();
  }

  /** By one rename: an attempt beside this one writes the same. */
  private void put(Path folder, RawVolume volume, Configuration configuration) throws IOException {
    FileSystem files = folder.getFileSystem(configuration);
    Path written = new Path(folder, "." + UUID.randomUUID() + ".tmp");
    try (OutputStream out = files.create(written, false)) {
      NiftiWriter.writeVolume(out, volume);
    } catch (IOException | RuntimeException e) {
      files.delete(written, false);
      throw e;
    }
    Path place = new Path(folder, name);
    if (!files.rename(written, place)) {
      files.delete(written, false);
      if (!files.exists(place)) {
        throw new IOException("cannot rename " + written + " to " + place);
      }
    }
  }

  /** Is read anew each time: a volume's files together may be more than a task can hold. */
  private record Slice(String path, String location, Configuration configuration)
      implements SourceFile {
    @Override
    public byte[] content() throws IOException {
      return new HadoopSourceFile(location, configuration).content();
    }

    @Override
    public Optional<SourceFile> sibling(String name) {
      return Optional.empty();
    }
  }
}
