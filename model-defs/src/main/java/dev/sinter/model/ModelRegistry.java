package dev.sinter.model;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.NearestWord;
import dev.sinter.error.SinterException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;

/** All networks by name. */
public final class ModelRegistry {
  private static final Map<String, ModelDefinition> DEFINITIONS =
      index(
          Stream.of(
                  CifarResNets.definitions(),
                  DenseNets.definitions(),
                  DenseUNets.definitions(),
                  HighwayNetworks.definitions(),
                  InceptionNets.definitions(),
                  ResNets.definitions(),
                  SkipLstms.definitions(),
                  SkipMlps.definitions(),
                  UNets.definitions(),
                  VggNets.definitions())
              .flatMap(List::stream)
              .toList());

  private ModelRegistry() {}

  /** All names, sorted. */
  public static List<String> names() {
    return List.copyOf(DEFINITIONS.keySet());
  }

  /**
   * The network that a spec describes. Equal specs give configurations with the same JSON, byte for
   * byte.
   *
   * @throws SinterException of category {@link ErrorCategory#USAGE} if the spec is not legal
   */
  public static ComputationGraphConfiguration configuration(ModelSpec spec) {
    return definition(spec.name()).graph(spec).configuration();
  }

  /**
   * The stages, blocks and vertices of the network that a spec describes.
   *
   * @throws SinterException of category {@link ErrorCategory#USAGE} if the spec is not legal
   */
  public static NetworkParts parts(ModelSpec spec) {
    NetworkGraph graph = definition(spec.name()).graph(spec);
    return NetworkParts.of(graph.configuration(), graph.stages());
  }

  /**
   * What the network of that name is.
   *
   * @throws SinterException {@code MODEL_UNKNOWN}
   */
  public static ModelCard card(String name) {
    return ModelCard.of(definition(name));
  }

  static Map<String, ModelDefinition> index(List<ModelDefinition> definitions) {
    Map<String, ModelDefinition> index = new TreeMap<>();
    for (ModelDefinition definition : definitions) {
      if (index.put(definition.name(), definition) != null) {
        throw new IllegalStateException("two networks are named " + definition.name());
      }
    }
    return index;
  }

  private static ModelDefinition definition(String name) {
    ModelDefinition definition = DEFINITIONS.get(name);
    if (definition == null) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "MODEL_UNKNOWN",
          "there is no model \""
              + name
              + "\""
              + NearestWord.of(name, DEFINITIONS.keySet())
                  .map(near -> "; did you mean \"" + near + "\"?")
                  .orElse(""),
          "Set model.name to one of " + String.join(", ", DEFINITIONS.keySet()) + ".");
    }
    return definition;
  }
}
