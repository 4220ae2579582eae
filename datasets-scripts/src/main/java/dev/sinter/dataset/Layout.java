package dev.sinter.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.hadoop.conf.Configuration;

/** What the folders of a collection say: classes, given splits, which mask belongs to an image. */
final class Layout {
  private static final Set<String> IMAGE_FOLDERS = Set.of("images", "image", "imagestr");
  private static final Set<String> MASK_FOLDERS =
      Set.of("labels", "label", "labelstr", "masks", "mask");
  private static final Pattern MASK_SUFFIX = Pattern.compile("_(mask|label|seg)$");

  private final PrepareRequest request;
  private final Pattern patient;
  final List<SourceEntry> entries = new ArrayList<>();
  final List<Rejection> rejections = new ArrayList<>();
  List<String> classes = List.of();
  int listed;

  /** Rejections that are the collection's habit, not damage: not counted against the limit. */
  int harmless;

  private Layout(PrepareRequest request) {
    this.request = request;
    this.patient = patientPattern(request.patientPattern());
  }

  private static Pattern patientPattern(String expression) {
    String problem;
    try {
      Pattern pattern = Pattern.compile(expression);
      int groups = pattern.matcher("").groupCount();
      if (expression.isEmpty() || groups == 1) {
        return pattern;
      }
      problem = "it has " + groups + " groups";
    } catch (PatternSyntaxException e) {
      problem = e.getDescription() + " near index " + e.getIndex();
    }
    throw DatasetErrors.usage(
        "PATIENT_PATTERN_INVALID",
        "the patient pattern " + expression + " cannot be used: " + problem,
        "Give a regular expression with exactly one group, which is the patient.");
  }

  static List<String> parts(String relative) {
    return Arrays.asList(relative.split("/", -1));
  }

  static Layout of(PrepareRequest request, Configuration configuration) {
    Layout layout = new Layout(request);
    List<FileListing.Item> items = FileListing.of(request.input(), configuration);
    layout.listed = items.size();
    if (request.task() == Task.CLASSIFICATION) {
      layout.classification(items);
    } else if (request.masks().isEmpty()) {
      layout.pairsWithin(items);
    } else {
      layout.pairs(items, FileListing.of(request.masks(), configuration));
    }
    if (layout.entries.isEmpty() && layout.rejections.size() == layout.harmless) {
      throw DatasetErrors.data(
          "NO_IMAGES_FOUND",
          request.input() + ": no images in the expected folders",
          request.task() == Task.CLASSIFICATION
              ? "Put the images of each class into a folder of its own."
              : "Give the folder of masks, or folders images/ and labels/ below the input.");
    }
    return layout;
  }

  private void classification(List<FileListing.Item> items) {
    Set<String> top = new TreeSet<>();
    for (FileListing.Item item : items) {
      List<String> parts = parts(item.relative());
      if (parts.size() > 1) {
        top.add(parts.get(0));
      }
    }
    boolean given = top.stream().anyMatch(Layout::isSplit);
    if (given && !top.stream().allMatch(Layout::isSplit)) {
      throw DatasetErrors.data(
          "LAYOUT_AMBIGUOUS",
          request.input() + ": the folders " + top + " mix splits and other names",
          "Keep either train, val and test folders, or class folders, at the top.");
    }
    int depth = given ? 1 : 0;
    TreeSet<String> names = new TreeSet<>();
    for (FileListing.Item item : items) {
      List<String> parts = parts(item.relative());
      if (parts.size() > depth + 1) {
        names.add(parts.get(depth));
      }
    }
    classes = List.copyOf(names);
    for (FileListing.Item item : items) {
      List<String> parts = parts(item.relative());
      if (parts.size() <= depth + 1) {
        harmless(item, "NOT_IN_A_CLASS_FOLDER", "it lies beside the class folders");
      } else {
        int label = classes.indexOf(parts.get(depth));
        add(item, "", label, given ? splitOf(parts.get(0)) : "");
      }
    }
  }

  private static boolean isSplit(String folder) {
    return !splitOf(folder).isEmpty();
  }

  private static String splitOf(String folder) {
    return switch (folder.toLowerCase(Locale.ROOT)) {
      case "train", "training" -> "train";
      case "val", "valid", "validation" -> "val";
      case "test", "testing" -> "test";
      default -> "";
    };
  }

  /** Images and masks in sibling folders, at the top or below train, val and test. */
  private void pairsWithin(List<FileListing.Item> items) {
    List<FileListing.Item> images = new ArrayList<>();
    List<FileListing.Item> masks = new ArrayList<>();
    for (FileListing.Item item : items) {
      List<String> parts = parts(item.relative());
      int depth = isSplit(parts.get(0)) ? 1 : 0;
      String folder = parts.size() > depth + 1 ? parts.get(depth).toLowerCase(Locale.ROOT) : "";
      if (IMAGE_FOLDERS.contains(folder)) {
        images.add(item);
      } else if (MASK_FOLDERS.contains(folder)) {
        masks.add(item);
      } else {
        harmless(item, "NOT_IN_AN_IMAGE_FOLDER", "it lies beside the images and labels folders");
      }
    }
    listed -= masks.size();
    pairs(images, masks);
  }

  private void pairs(List<FileListing.Item> images, List<FileListing.Item> masks) {
    Map<String, FileListing.Item> byKey = new HashMap<>();
    Set<String> repeated = new LinkedHashSet<>();
    for (FileListing.Item mask : masks) {
      if (byKey.put(pairKey(mask.relative()), mask) != null) {
        repeated.add(pairKey(mask.relative()));
      }
    }
    Set<String> seen = new TreeSet<>();
    for (FileListing.Item image : images) {
      String key = pairKey(image.relative());
      FileListing.Item mask = byKey.get(key);
      if (!seen.add(key) || repeated.contains(key)) {
        reject(image, "PAIR_AMBIGUOUS", "several images or masks have this name");
      } else if (mask == null) {
        reject(image, "MASK_MISSING", "no mask has the same name");
      } else {
        add(image, mask.path(), -1, splitOf(parts(image.relative()).get(0)));
      }
    }
  }

  /** Folders and stem in lower case, without the names that differ between images and masks. */
  private static String pairKey(String relative) {
    List<String> kept = new ArrayList<>();
    List<String> parts = parts(relative.toLowerCase(Locale.ROOT));
    for (String part : parts.subList(0, parts.size() - 1)) {
      if (!IMAGE_FOLDERS.contains(part) && !MASK_FOLDERS.contains(part)) {
        kept.add(part);
      }
    }
    String stem = SourceNames.stem(parts.get(parts.size() - 1));
    kept.add(MASK_SUFFIX.matcher(stem).replaceFirst(""));
    return String.join("/", kept);
  }

  private void add(FileListing.Item item, String mask, int label, String split) {
    entries.add(
        new SourceEntry(
            item.path(),
            item.relative(),
            mask,
            label,
            split,
            patientOf(item.relative()),
            item.bytes()));
  }

  /** Without a pattern: the path and stem of the file. Other splits then hold other patients. */
  private String patientOf(String relative) {
    if (request.patientPattern().isEmpty()) {
      int slash = relative.lastIndexOf('/');
      return relative.substring(0, slash + 1) + SourceNames.stem(relative.substring(slash + 1));
    }
    Matcher matcher = patient.matcher(relative);
    if (!matcher.find() || matcher.group(1) == null) {
      throw DatasetErrors.usage(
          "PATIENT_NOT_FOUND",
          relative + ": the patient pattern " + request.patientPattern() + " finds no patient",
          "Give a regular expression with one group that matches every relative path.");
    }
    return matcher.group(1);
  }

  private void reject(FileListing.Item item, String code, String message) {
    rejections.add(new Rejection(item.relative(), code, message));
  }

  private void harmless(FileListing.Item item, String code, String message) {
    reject(item, code, message);
    harmless++;
    listed--;
  }
}
