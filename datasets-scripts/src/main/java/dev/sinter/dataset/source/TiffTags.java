package dev.sinter.dataset.source;

import java.util.Optional;
import javax.imageio.metadata.IIOMetadata;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;

/**
 * Facts of a TIFF page that its decoder does not act on.
 *
 * @param orientation tag 274, 1 to 8, or 0 when it is not there
 * @param signed whether tag 339 says that integers have a sign
 */
record TiffTags(int orientation, boolean signed) {
  static final TiffTags NONE = new TiffTags(0, false);
  private static final String ORIENTATION = "274";
  private static final String SAMPLE_FORMAT = "339";

  static TiffTags of(IIOMetadata metadata) {
    if (metadata == null || metadata.getNativeMetadataFormatName() == null) {
      return NONE;
    }
    Node tree = metadata.getAsTree(metadata.getNativeMetadataFormatName());
    return new TiffTags(
        find(tree, ORIENTATION).orElse(0), find(tree, SAMPLE_FORMAT).orElse(1) == 2);
  }

  /** The first value of a field, if it is a digit. */
  private static Optional<Integer> find(Node node, String tag) {
    if (tag.equals(attribute(node, "number"))) {
      Node values = node.getFirstChild();
      String text = values == null ? "" : attribute(values.getFirstChild(), "value");
      return text.matches("[1-8]") ? Optional.of(Integer.parseInt(text)) : Optional.empty();
    }
    for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
      Optional<Integer> found = find(child, tag);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static String attribute(Node node, String name) {
    NamedNodeMap attributes = node == null ? null : node.getAttributes();
    Node attribute = attributes == null ? null : attributes.getNamedItem(name);
    return attribute == null ? "" : attribute.getNodeValue();
  }
}
