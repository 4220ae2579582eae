package dev.sinter.model.pretrained;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tensors of a weight file.
 *
 * @param source the file, for messages
 * @param tensors by name, in the file's order
 */
public record WeightFile(String source, Map<String, WeightTensor> tensors) {

  /** Copies the map and keeps its order. */
  public WeightFile {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /** Indexes tensors by their names. */
  public static WeightFile of(String source, Collection<WeightTensor> tensors) {
    Map<String, WeightTensor> byName = new LinkedHashMap<>();
    for (WeightTensor tensor : tensors) {
      if (byName.put(tensor.name(), tensor) != null) {
        throw unreadable(source, "two tensors are named \"" + tensor.name() + "\"");
      }
    }
    return new WeightFile(source, byName);
  }

  /** The failure of a file that is damaged, incomplete, or not what its name says. */
  public static SinterException unreadable(String source, String why) {
    return unreadable(source, why, null);
  }

  /** The same with its cause. */
  public static SinterException unreadable(String source, String why, Throwable cause) {
    return new SinterException(
        ErrorCategory.DATA,
        "WEIGHTS_UNREADABLE",
        source + " cannot be read as a weight file: " + why,
        "Download or export the file again, and compare its size and checksum with the source's.",
        cause);
  }

  /** The failure of a file that is whole but holds something that Sinter does not read. */
  public static SinterException unsupported(String source, String what, String remedy) {
    return new SinterException(
        ErrorCategory.DATA, "WEIGHTS_UNSUPPORTED", source + ": " + what, remedy);
  }
}
