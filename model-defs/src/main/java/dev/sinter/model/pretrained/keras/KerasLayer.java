package dev.sinter.model.pretrained.keras;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * One layer of Keras' JSON.
 *
 * @param source the file, for messages
 * @param inputs names of the layers before it
 */
record KerasLayer(String source, String name, String type, JsonNode config, List<String> inputs) {

  /** All layers of a sequential or functional network, in order. */
  static List<KerasLayer> of(String source, JsonNode model) {
    JsonNode config = model.path("config");
    boolean sequential = model.path("class_name").asText().equals("Sequential");
    List<KerasLayer> layers = new ArrayList<>();
    String before = "";
    for (JsonNode layer : config.isArray() ? config : config.path("layers")) {
      JsonNode own = layer.path("config");
      String name = own.path("name").asText(layer.path("name").asText());
      List<String> inputs = new ArrayList<>();
      if (sequential) {
        if (!before.isEmpty()) {
          inputs.add(before);
        }
      } else {
        // [[["before", 0, 0, {}], ...]]: a second list would be a second use with the same weights
        if (layer.path("inbound_nodes").size() > 1) {
          throw refused(source, name, "is used more than once");
        }
        for (JsonNode input : layer.path("inbound_nodes").path(0)) {
          if (!input.path(0).isTextual()) {
            throw refused(source, name, "has inputs in the form of Keras 3");
          }
          inputs.add(input.path(0).asText());
        }
      }
      layers.add(
          new KerasLayer(
              source, name, layer.path("class_name").asText(), own, List.copyOf(inputs)));
      before = name;
    }
    return layers;
  }

  /** The first of several names of a setting, of Keras 2 and 1. */
  JsonNode any(String... keys) {
    for (String key : keys) {
      if (config.hasNonNull(key)) {
        return config.get(key);
      }
    }
    return config.path(keys[0]);
  }

  boolean isOn(boolean otherwise, String... keys) {
    return any(keys).asBoolean(otherwise);
  }

  /** A number for each of {@code count} dimensions; one number stands for all. */
  int[] sides(int count, int otherwise, String... keys) {
    JsonNode node = any(keys);
    int[] sides = new int[count];
    for (int i = 0; i < count; i++) {
      sides[i] = node.isArray() ? node.path(i).asInt() : node.asInt(otherwise);
    }
    return sides;
  }

  /** {@code channels_first}, {@code channels_last}, or nothing where it does not matter. */
  Optional<String> dataFormat() {
    JsonNode node = any("data_format", "dim_ordering");
    return switch (node.asText("")) {
      case "", "null" -> Optional.empty();
      case "th" -> Optional.of("channels_first");
      case "tf" -> Optional.of("channels_last");
      default -> Optional.of(node.asText());
    };
  }

  SinterException refused(String why) {
    return refused(source, name + " (" + type + ")", why);
  }

  static SinterException refused(String source, String name, String why) {
    return new SinterException(
        ErrorCategory.DATA,
        "LAYER_NOT_IMPORTED",
        source + ": layer " + name + " " + why,
        "Remove the layer from the network, or define the network in Sinter and import its weights with --model.");
  }
}
