package dev.sinter.dataset;

import java.util.Locale;
import java.util.Set;

/** Folders whose names say what is in them rather than who. */
final class FolderNames {
  private static final Set<String> IMAGES = Set.of("images", "image", "imagestr", "imagests");
  private static final Set<String> MASKS =
      Set.of("labels", "label", "labelstr", "labelsts", "masks", "mask");

  private FolderNames() {}

  static boolean isImages(String folder) {
    return IMAGES.contains(folder.toLowerCase(Locale.ROOT));
  }

  static boolean isMasks(String folder) {
    return MASKS.contains(folder.toLowerCase(Locale.ROOT));
  }

  static boolean isSplit(String folder) {
    return !splitOf(folder).isEmpty();
  }

  static boolean isStructure(String folder) {
    return isImages(folder) || isMasks(folder) || isSplit(folder);
  }

  /** The split that a folder, or a manifest, gives; empty for any other name. */
  static String splitOf(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "train", "training" -> "train";
      case "val", "valid", "validation" -> "val";
      case "test", "testing" -> "test";
      default -> "";
    };
  }
}
