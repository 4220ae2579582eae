package dev.sinter.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A source to be predicted: a file, the files of its channels, or a sample of a container.
 *
 * <p>There may be millions on the driver: paths are kept once, below their shared folder.
 *
 * @param folder URI of the collection's folder, without a slash at its end
 * @param relative what the source is called, below that folder: the path of its file; of channels,
 *     without their number
 * @param files relative paths of the files of its channels, or of its container; empty: the file
 *     that it is called by
 * @param array name of the container's array; empty for a file
 * @param index of the sample within the array
 * @param bytes size of its files; of a sample its share of the container
 * @param stamp changes with size or time of change of any of its files
 */
public record SourceItem(
    String folder,
    String relative,
    List<String> files,
    String array,
    int index,
    long bytes,
    long stamp)
    implements Serializable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the list. */
  public SourceItem {
    files = List.copyOf(files);
  }

  /** A file. */
  static SourceItem ofFile(String folder, String relative, long bytes, long stamp) {
    return new SourceItem(folder, relative, List.of(), "", 0, bytes, stamp);
  }

  /** Full URI of its file, of the first channel's, or of the container. */
  public String path() {
    return folder + "/" + (files.isEmpty() ? relative : files.get(0));
  }

  /** Whether it is one of the samples that a file holds. */
  public boolean isMember() {
    return !array.isEmpty();
  }

  /** The source as a line of a list of sources below one folder. */
  public String toLine() {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("source", relative);
    if (!files.isEmpty()) {
      line.put("files", files);
    }
    if (isMember()) {
      line.put("array", array);
      line.put("index", index);
    }
    line.put("bytes", bytes);
    line.put("stamp", stamp);
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a source that cannot be written", e);
    }
  }

  /** Reads a line. */
  public static SourceItem ofLine(String folder, String line) {
    try {
      Line read = JSON.readValue(line, Line.class);
      return new SourceItem(
          folder,
          read.source(),
          read.files() == null ? List.of() : read.files(),
          read.array() == null ? "" : read.array(),
          read.index(),
          read.bytes(),
          read.stamp());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no line of a list of sources: " + line, e);
    }
  }

  private record Line(
      String source, List<String> files, String array, int index, long bytes, long stamp) {}
}
