package dev.sinter.dataset;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A folder for each class, at the top or below train, val and test. */
final class ClassFolders {
  private ClassFolders() {}

  static void fill(Layout layout, List<FileListing.Item> items) {
    Set<String> top = new TreeSet<>();
    for (FileListing.Item item : items) {
      List<String> parts = Layout.parts(item.relative());
      if (parts.size() > 1) {
        top.add(parts.get(0));
      }
    }
    boolean given = top.stream().anyMatch(FolderNames::isSplit);
    if (given && !top.stream().allMatch(FolderNames::isSplit)) {
      throw DatasetErrors.data(
          "LAYOUT_AMBIGUOUS",
          layout.request().input()
              + ": of its "
              + top.size()
              + " folders "
              + top.stream().filter(FolderNames::isSplit).map(FolderNames::splitOf).toList()
              + " are splits, the others are not",
          "Keep either train, val and test folders, or class folders, at the top.");
    }
    int depth = given ? 1 : 0;
    TreeSet<String> names = new TreeSet<>();
    for (FileListing.Item item : items) {
      List<String> parts = Layout.parts(item.relative());
      if (parts.size() > depth + 1) {
        names.add(parts.get(depth));
      }
    }
    layout.classes = List.copyOf(names);
    layout.classesAreFolders = true;
    for (FileListing.Item item : items) {
      List<String> parts = Layout.parts(item.relative());
      if (parts.size() <= depth + 1) {
        layout.harmless(item, "NOT_IN_A_CLASS_FOLDER", "it lies beside the class folders");
      } else {
        int label = layout.classes.indexOf(parts.get(depth));
        layout.add(item, label, given ? FolderNames.splitOf(parts.get(0)) : "");
      }
    }
  }
}
