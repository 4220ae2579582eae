package dev.sinter.dataset;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Finds the file that a table means: by its relative path, else by a file name, stem or number that
 * only one file has.
 */
final class ItemIndex {
  static final int MISSING = KeyIndex.ABSENT;
  static final int AMBIGUOUS = -2;

  private final List<FileListing.Item> items;
  private KeyIndex byName;

  /** Over files sorted by their relative paths. */
  ItemIndex(List<FileListing.Item> items) {
    this.items = items;
  }

  /** Position of a file, {@link #MISSING} or {@link #AMBIGUOUS}. */
  int find(String text) {
    String name = text.startsWith("./") ? text.substring(2) : text;
    int exact = exact(name);
    if (exact >= 0) {
      return exact;
    }
    if (byName == null) {
      byName = index();
    }
    String lower = name.toLowerCase(Locale.ROOT);
    int slash = lower.lastIndexOf('/');
    int found = byName.find(key("path", SourceNames.withoutKnownExtension(lower)));
    if (found == MISSING && slash < 0) {
      found = byName.find(key("name", lower));
      found = found == MISSING ? byName.find(key("stem", lower)) : found;
      if (found == MISSING && !number(lower).isEmpty()) {
        found = byName.find(key("number", number(lower)));
      }
    }
    return found;
  }

  int exact(String relative) {
    int at =
        Collections.binarySearch(
            items,
            new FileListing.Item("", relative, 0, 0),
            (a, b) -> a.relative().compareTo(b.relative()));
    return at >= 0 ? at : MISSING;
  }

  private KeyIndex index() {
    KeyIndex index = new KeyIndex(items.size() * 4);
    for (int i = 0; i < items.size(); i++) {
      String relative = items.get(i).relative().toLowerCase(Locale.ROOT);
      String name = relative.substring(relative.lastIndexOf('/') + 1);
      String stem = SourceNames.withoutKnownExtension(name);
      add(index, key("path", SourceNames.withoutKnownExtension(relative)), i);
      add(index, key("name", name), i);
      add(index, key("stem", stem), i);
      if (!number(stem).isEmpty()) {
        add(index, key("number", number(stem)), i);
      }
    }
    return index;
  }

  private static void add(KeyIndex index, Sha256 key, int item) {
    if (index.putIfAbsent(key, item) != KeyIndex.ABSENT) {
      index.put(key, AMBIGUOUS);
    }
  }

  /** A stem of digits without leading zeros: tables count 1, 2, files 001, 002. */
  private static String number(String stem) {
    return stem.matches("\\d+") ? stem.replaceFirst("^0+(?=\\d)", "") : "";
  }

  private static Sha256 key(String kind, String text) {
    return Sha256.of((kind + "\0" + text).getBytes(StandardCharsets.UTF_8));
  }
}
