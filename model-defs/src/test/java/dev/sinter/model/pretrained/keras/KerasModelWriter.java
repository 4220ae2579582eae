package dev.sinter.model.pretrained.keras;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Builds functional Keras networks over images with random weights, and saves them as Keras does.
 */
final class KerasModelWriter {
  private final List<String> json = new ArrayList<>();
  private final Map<String, Map<String, Object>> weights = new LinkedHashMap<>();
  private final Map<String, Integer> channels = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Random random = new Random(3);

  /** Positions, then channels. */
  String input(int... sides) {
    channels.put("input_1", sides[sides.length - 1]);
    json.add(
        "{\"class_name\": \"InputLayer\", \"name\": \"input_1\", \"inbound_nodes\": [], \"config\":"
            + " {\"name\": \"input_1\", \"batch_input_shape\": [null, %s]}}"
                .formatted(
                    Arrays.stream(sides)
                        .mapToObj(String::valueOf)
                        .collect(Collectors.joining(", "))));
    return "input_1";
  }

  /** Any layer. */
  String layer(String type, String config, Map<String, Object> values, String input) {
    String name = next(type.toLowerCase(Locale.ROOT));
    if (!values.isEmpty()) {
      weights.put(name, values);
    }
    layer(type, name, config, 0, input);
    return name;
  }

  /** The next name of Keras' own, such as {@code conv2d}, {@code conv2d_1}. */
  String next(String type) {
    int number = numbers.merge(type, 1, Integer::sum) - 1;
    return number == 0 ? type : type + "_" + number;
  }

  String convolution(
      String name, int filters, int height, int width, int stride, String padding, String input) {
    int inputs = channels.get(input);
    double deviation = Math.sqrt(2.0 / (inputs * height * width));
    float[][][][] kernel = new float[height][width][inputs][filters];
    for (float[][][] row : kernel) {
      for (float[][] place : row) {
        for (float[] from : place) {
          fill(from, 0, deviation);
        }
      }
    }
    weights.put(name, Map.of("kernel", kernel));
    layer(
        "Conv2D",
        name,
        "\"filters\": %d, \"kernel_size\": [%d, %d], \"strides\": [%d, %d], \"padding\": \"%s\", \"use_bias\": false, \"activation\": \"linear\""
            .formatted(filters, height, width, stride, stride, padding),
        filters,
        input);
    return name;
  }

  String norm(String name, double epsilon, boolean scale, String input) {
    int count = channels.get(input);
    Map<String, Object> values = new LinkedHashMap<>();
    if (scale) {
      values.put("gamma", fill(new float[count], 1, 0.1));
    }
    values.put("beta", fill(new float[count], 0, 0.1));
    values.put("moving_mean", fill(new float[count], 0, 0.1));
    float[] variance = fill(new float[count], 0, 0.2);
    for (int i = 0; i < count; i++) {
      variance[i] = 0.9f + Math.abs(variance[i]);
    }
    values.put("moving_variance", variance);
    weights.put(name, values);
    layer(
        "BatchNormalization",
        name,
        "\"axis\": [3], \"momentum\": 0.99, \"epsilon\": %s, \"center\": true, \"scale\": %s"
            .formatted(epsilon, scale),
        count,
        input);
    return name;
  }

  String relu(String input) {
    return plain("Activation", "\"activation\": \"relu\"", input);
  }

  /** {@code MaxPooling2D} or {@code AveragePooling2D}. */
  String pool(String type, int size, int stride, String padding, String input) {
    return plain(
        type,
        "\"pool_size\": [%d, %d], \"strides\": [%d, %d], \"padding\": \"%s\""
            .formatted(size, size, stride, stride, padding),
        input);
  }

  String pad(int border, String input) {
    return plain(
        "ZeroPadding2D", "\"padding\": [[%1$d, %1$d], [%1$d, %1$d]]".formatted(border), input);
  }

  String concatenate(String... inputs) {
    String name = next("concatenate");
    int sum = 0;
    for (String input : inputs) {
      sum += channels.get(input);
    }
    layer("Concatenate", name, "\"axis\": 3", sum, inputs);
    return name;
  }

  /** Means over all positions, then a softmax over classes. */
  String classifier(String name, int classes, String input) {
    String pooled = plain("GlobalAveragePooling2D", "\"keepdims\": false", input);
    float[][] kernel = new float[channels.get(input)][classes];
    for (float[] row : kernel) {
      fill(row, 0, 0.06);
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("kernel", kernel);
    values.put("bias", fill(new float[classes], 0, 0.1));
    weights.put(name, values);
    layer(
        "Dense",
        name,
        "\"units\": %d, \"use_bias\": true, \"activation\": \"softmax\"".formatted(classes),
        classes,
        pooled);
    return name;
  }

  private String plain(String type, String config, String input) {
    String name = next(type.toLowerCase(Locale.ROOT));
    layer(type, name, config, channels.get(input), input);
    return name;
  }

  private void layer(String type, String name, String config, int outputs, String... inputs) {
    channels.put(name, outputs);
    String from =
        List.of(inputs).stream()
            .map(input -> "[\"" + input + "\", 0, 0, {}]")
            .collect(Collectors.joining(", "));
    json.add(
        "{\"class_name\": \"%s\", \"name\": \"%s\", \"inbound_nodes\": [[%s]], \"config\": {\"name\": \"%s\"%s}}"
            .formatted(type, name, from, name, config.isEmpty() ? "" : ", " + config));
  }

  private float[] fill(float[] values, double mean, double deviation) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (mean + deviation * random.nextGaussian());
    }
    return values;
  }

  /** The network's description. */
  String description(String output) {
    return "{\"class_name\": \"Functional\", \"config\": {\"layers\": [%s], \"output_layers\": [[\"%s\", 0, 0]]}}"
        .formatted(String.join(", ", json), output);
  }

  /** What {@code model.save_weights} writes. */
  void saveWeights(Path file) {
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      put(hdf);
    }
  }

  /** What {@code model.save} writes; jhdf has room for 64 KiB of description. */
  void save(String output, Path file) {
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      hdf.putAttribute("model_config", description(output));
      put(hdf.putGroup("model_weights"));
    }
  }

  private void put(WritableGroup group) {
    Map<String, WritableGroup> groups = new HashMap<>();
    groups.put("", group);
    weights.forEach((name, values) -> put(groups, name, values));
    if (!weights.isEmpty()) {
      group.putAttribute("layer_names", weights.keySet().toArray(String[]::new));
    }
  }

  /** The layer's group has the layer's name, and again a group of that name within. */
  private static void put(
      Map<String, WritableGroup> groups, String name, Map<String, Object> values) {
    String[] names = new String[values.size()];
    int i = 0;
    for (Map.Entry<String, Object> value : values.entrySet()) {
      names[i++] = name + "/" + value.getKey() + ":0";
      String path = name + "/" + names[i - 1];
      int slash = path.lastIndexOf('/');
      group(groups, path.substring(0, slash))
          .putDataset(path.substring(slash + 1), value.getValue());
    }
    group(groups, name).putAttribute("weight_names", names);
  }

  /** A slash in a name makes a group in a group. */
  private static WritableGroup group(Map<String, WritableGroup> groups, String path) {
    WritableGroup there = groups.get(path);
    if (there == null) {
      int slash = path.lastIndexOf('/');
      there =
          group(groups, path.substring(0, Math.max(0, slash))).putGroup(path.substring(slash + 1));
      groups.put(path, there);
    }
    return there;
  }
}
