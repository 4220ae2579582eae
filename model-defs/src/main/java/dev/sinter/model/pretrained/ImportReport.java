package dev.sinter.model.pretrained;

import java.util.List;

/**
 * What became of a weight file's tensors in a network.
 *
 * @param source the file
 * @param loaded tensors of the network with the file's values
 * @param adapted tensors of the network with values made from the file's, and how
 * @param random tensors of the network that keep their initial values
 * @param unused tensors of the file that the network has no place for
 */
public record ImportReport(
    String source,
    List<String> loaded,
    List<String> adapted,
    List<String> random,
    List<String> unused) {

  /** Copies the lists. */
  public ImportReport {
    loaded = List.copyOf(loaded);
    adapted = List.copyOf(adapted);
    random = List.copyOf(random);
    unused = List.copyOf(unused);
  }
}
