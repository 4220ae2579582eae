package dev.sinter.dataset;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Images and masks of the same name. */
final class MaskPairs {
  private static final Pattern MASK_SUFFIX = Pattern.compile("_(mask|label|seg)$");

  private MaskPairs() {}

  /** Images and masks in sibling folders, at the top or below train, val and test. */
  static void fillWithin(Layout layout, List<FileListing.Item> items) {
    List<FileListing.Item> images = new ArrayList<>();
    List<FileListing.Item> masks = new ArrayList<>();
    for (FileListing.Item item : items) {
      List<String> parts = Layout.parts(item.relative());
      int depth = FolderNames.isSplit(parts.get(0)) ? 1 : 0;
      String folder = parts.size() > depth + 1 ? parts.get(depth) : "";
      if (FolderNames.isImages(folder)) {
        images.add(item);
      } else if (FolderNames.isMasks(folder)) {
        masks.add(item);
      } else {
        layout.harmless(
            item, "NOT_IN_AN_IMAGE_FOLDER", "it lies beside the images and labels folders");
      }
    }
    layout.listed -= masks.size();
    fill(layout, images, masks);
  }

  static void fill(Layout layout, List<FileListing.Item> images, List<FileListing.Item> masks) {
    Map<String, FileListing.Item> byKey = new HashMap<>();
    Set<String> repeated = new HashSet<>();
    for (FileListing.Item mask : masks) {
      String key = key(mask.relative());
      if (byKey.put(key, mask) != null) {
        repeated.add(key);
      }
    }
    Set<String> seen = new HashSet<>();
    for (FileListing.Item image : images) {
      String key = key(image.relative());
      FileListing.Item mask = byKey.get(key);
      if (!seen.add(key) || repeated.contains(key)) {
        layout.reject(image, "PAIR_AMBIGUOUS", "several images or masks have this name");
      } else if (mask == null) {
        layout.reject(image, "MASK_MISSING", "no mask has the same name");
      } else {
        String split = FolderNames.splitOf(Layout.parts(image.relative()).get(0));
        layout.add(image, Optional.of(mask), List.of(), -1, split, "");
      }
    }
  }

  /** Folders and stem in lower case, without the names that differ between images and masks. */
  private static String key(String relative) {
    List<String> kept = new ArrayList<>();
    List<String> parts = Layout.parts(relative.toLowerCase(Locale.ROOT));
    for (String part : parts.subList(0, parts.size() - 1)) {
      if (!FolderNames.isImages(part) && !FolderNames.isMasks(part)) {
        kept.add(part);
      }
    }
    String stem = SourceNames.stem(parts.get(parts.size() - 1));
    kept.add(MASK_SUFFIX.matcher(stem).replaceFirst(""));
    return String.join("/", kept);
  }
}
