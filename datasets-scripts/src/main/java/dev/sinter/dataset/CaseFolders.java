package dev.sinter.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * The layout of nnU-Net and of the Medical Segmentation Decathlon: {@code imagesTr}, {@code
 * labelsTr}, {@code imagesTs}, and a {@code dataset.json} that names labels and channels. A case is
 * one file, or one file {@code CASE_0000} for each channel.
 */
final class CaseFolders {
  private static final Pattern CHANNEL = Pattern.compile("(.+)_(\\d{4})");

  private CaseFolders() {}

  /** The collection's {@code dataset.json}, when it is one of these layouts. */
  static Optional<JsonNode> description(PrepareRequest request, Configuration configuration) {
    Path path = new Path(FileListing.path(request.input()), "dataset.json");
    try (FSDataInputStream in = path.getFileSystem(configuration).open(path)) {
      JsonNode json = new ObjectMapper().readTree(in.readAllBytes());
      boolean known =
          json.path("labels").isObject()
              && (json.has("channel_names") || json.has("modality") || json.has("training"));
      return known ? Optional.of(json) : Optional.empty();
    } catch (FileNotFoundException | com.fasterxml.jackson.core.JsonProcessingException e) {
      return Optional.empty(); // another dataset.json is not ours to judge
    } catch (IOException e) {
      if (e.getMessage() != null && e.getMessage().contains("Not a directory")) {
        return Optional.empty(); // the input is a file
      }
      throw DatasetErrors.storage(path, e);
    }
  }

  static void fill(Layout layout, List<FileListing.Item> items, JsonNode json) {
    labels(layout, json.path("labels"));
    int declared = Math.max(1, json.path(channelKey(json)).size());
    Map<String, FileListing.Item> masks = new TreeMap<>();
    List<FileListing.Item> images = new ArrayList<>();
    for (FileListing.Item item : items) {
      String folder = folder(item);
      if (folder.startsWith("labels")) {
        masks.put(part(folder) + "/" + stem(item), item);
      } else if (folder.startsWith("images")) {
        images.add(item);
      } else {
        layout.harmless(item, "NOT_IN_AN_IMAGE_FOLDER", "it lies beside imagesTr and labelsTr");
      }
    }
    layout.listed -= masks.size();
    boolean givenTest = masks.keySet().stream().anyMatch(key -> key.startsWith("ts/"));
    cases(images, masks)
        .forEach((key, files) -> add(layout, key, files, masks, declared, givenTest));
  }

  private static String channelKey(JsonNode json) {
    return json.has("channel_names") ? "channel_names" : "modality";
  }

  /** {@code {"0": "background"}} of the Decathlon, {@code {"background": 0}} of nnU-Net 2. */
  private static void labels(Layout layout, JsonNode labels) {
    labels
        .fields()
        .forEachRemaining(
            label -> {
              if (label.getValue().isIntegralNumber()) {
                layout.declaredMasks.put(label.getValue().intValue(), label.getKey());
              } else if (label.getValue().isTextual() && label.getKey().matches("\\d{1,6}")) {
                layout.declaredMasks.put(
                    Integer.parseInt(label.getKey()), label.getValue().textValue());
              } else if (label.getValue().isArray()) {
                // A region of several values: each value keeps its number as its name.
                label
                    .getValue()
                    .forEach(
                        v -> layout.declaredMasks.putIfAbsent(v.intValue(), String.valueOf(v)));
              }
            });
  }

  private static Map<String, NavigableMap<Integer, FileListing.Item>> cases(
      List<FileListing.Item> images, Map<String, FileListing.Item> masks) {
    Map<String, NavigableMap<Integer, FileListing.Item>> cases = new TreeMap<>();
    for (FileListing.Item image : images) {
      String part = part(folder(image));
      String key = part + "/" + stem(image);
      int channel = 0;
      Matcher matcher = CHANNEL.matcher(stem(image));
      // A case may be called like a channel: its mask then has the whole name.
      if (!masks.containsKey(key) && matcher.matches()) {
        key = part + "/" + matcher.group(1);
        channel = Integer.parseInt(matcher.group(2));
      }
      cases.computeIfAbsent(key, k -> new TreeMap<>()).put(channel, image);
    }
    return cases;
  }

  private static void add(
      Layout layout,
      String key,
      NavigableMap<Integer, FileListing.Item> files,
      Map<String, FileListing.Item> masks,
      int declared,
      boolean givenTest) {
    FileListing.Item first = files.firstEntry().getValue();
    FileListing.Item mask = masks.get(key);
    String patient = key.substring(key.indexOf('/') + 1);
    // A file without a channel's number holds all channels itself.
    boolean whole = files.size() == (stem(first).equals(patient) ? 1 : declared);
    layout.listed -= files.size() - 1;
    if (mask == null && key.startsWith("ts/")) {
      layout.harmless(first, "TEST_WITHOUT_MASK", "a test case of the collection has no labels");
    } else if (mask == null) {
      layout.reject(first, "MASK_MISSING", "no mask has the same name");
    } else if (!whole || files.lastKey() != files.size() - 1) {
      layout.reject(
          first,
          "CHANNEL_MISSING",
          "channels " + files.keySet() + " are there; dataset.json names " + declared);
    } else {
      String split = givenTest ? (key.startsWith("ts/") ? "test" : "train") : "";
      List<FileListing.Item> channels = files.size() == 1 ? List.of() : List.copyOf(files.values());
      layout.add(first, Optional.of(mask), channels, -1, split, patient);
    }
  }

  private static String folder(FileListing.Item item) {
    List<String> parts = Layout.parts(item.relative());
    return parts.size() < 2 ? "" : parts.get(0).toLowerCase(Locale.ROOT);
  }

  /** {@code tr} or {@code ts}. */
  private static String part(String folder) {
    return folder.endsWith("ts") ? "ts" : "tr";
  }

  private static String stem(FileListing.Item item) {
    int slash = item.relative().lastIndexOf('/');
    return SourceNames.stem(item.relative().substring(slash + 1));
  }
}
