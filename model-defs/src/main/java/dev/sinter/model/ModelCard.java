package dev.sinter.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;

/**
 * What a registered network is, at its default input, classes and options.
 *
 * @param name the variant, such as {@code resnet18}
 * @param family the family, such as {@code resnet}
 * @param task {@link #CLASSIFICATION} or {@link #SEGMENTATION}
 * @param paper where it was published
 * @param parameters trainable parameters
 * @param multiplyAdds multiply-adds of predicting one sample, convolutions, dense layers and LSTMs
 * @param inputShape shape of a sample
 * @param classes number of classes
 * @param options what {@code model.options} may hold
 * @param stages output shape of each stage, in order, without the batch dimension
 */
public record ModelCard(
    String name,
    String family,
    String task,
    Paper paper,
    long parameters,
    long multiplyAdds,
    InputShape inputShape,
    int classes,
    List<ModelOption> options,
    Map<String, List<Long>> stages) {
  /** Task of a network that gives one class per sample. */
  public static final String CLASSIFICATION = "classification";

  /** Task of a network that gives one class per pixel or voxel. */
  public static final String SEGMENTATION = "segmentation";

  /** Copies the collections and keeps their order. */
  public ModelCard {
    options = List.copyOf(options);
    stages = Collections.unmodifiableMap(new LinkedHashMap<>(stages));
  }

  /**
   * A publication.
   *
   * @param title its title
   * @param authors all authors
   * @param year year of the first version
   * @param arxiv identifier at arXiv
   */
  public record Paper(String title, String authors, int year, String arxiv) {}

  static ModelCard of(ModelDefinition definition) {
    ModelSpec spec = definition.defaultSpec();
    NetworkGraph graph = definition.graph(spec);
    ComputationGraphConfiguration configuration = graph.configuration();
    LayerTable table = LayerTable.of(configuration, spec.input());
    Map<String, List<Long>> stages = new LinkedHashMap<>();
    graph.stages().forEach((stage, vertex) -> stages.put(stage, table.row(vertex).outputShape()));
    return new ModelCard(
        definition.name(),
        definition.family(),
        definition.task(),
        definition.paper(),
        table.parameters(),
        table.multiplyAdds(),
        definition.inputShape(),
        definition.classes(),
        definition.options(),
        stages);
  }
}
