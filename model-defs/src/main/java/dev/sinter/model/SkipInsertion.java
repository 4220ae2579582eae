package dev.sinter.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInitConstant;
import org.deeplearning4j.nn.weights.WeightInitRelu;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;

/** One configuration to which skips are added, in place. */
final class SkipInsertion {
  private static final IWeightInit ZERO = new WeightInitConstant(0);

  private final ComputationGraphConfiguration configuration;
  private final InputType input;
  private final SkipRefit refit;
  private final Set<String> added = new HashSet<>();

  /** Where a vertex' output is read from: a skip that joins it stands for it from then on. */
  private final Map<String, String> standIns = new HashMap<>();

  SkipInsertion(ComputationGraphConfiguration configuration, InputType input) {
    this.configuration = configuration;
    this.input = input;
    this.refit = new SkipRefit(configuration);
    sort(); // a clone has lost its order
  }

  void insert(Skip skip) {
    SkipChecks checks = new SkipChecks(configuration, skip);
    checks.requireVertices(added);
    String from = standIns.getOrDefault(skip.from(), skip.from());
    String to = standIns.getOrDefault(skip.to(), skip.to());
    checks.requireNoCycle(from, to);
    Map<String, InputType> types = types();
    SkipShape source = SkipShape.of(types.get(from));
    SkipShape target = SkipShape.of(types.get(to));
    Skip.Align align = checks.alignment(source, target);
    List<String> readers = readers(to);
    if (skip.merge() == Skip.Merge.CONCAT) {
      checks.requireRefittable(refit, to);
    }
    String branch = branch(skip, from, source, target, align);
    String merged = skip.vertex();
    GraphVertex vertex =
        skip.merge() == Skip.Merge.ADD
            ? new ElementWiseVertex(ElementWiseVertex.Op.Add)
            : new MergeVertex();
    put(merged, vertex, to, branch);
    for (String reader : readers) {
      configuration
          .getVertexInputs()
          .put(
              reader,
              configuration.getVertexInputs().get(reader).stream()
                  .map(read -> read.equals(to) ? merged : read)
                  .toList());
    }
    standIns.put(skip.to(), merged);
    added.add(merged);
    if (skip.merge() == Skip.Merge.CONCAT) {
      refit.widen(merged);
    }
    sort();
    types(); // sets the numbers of inputs
  }

  /** The layers before the join; the vertex that it reads. */
  private String branch(
      Skip skip, String from, SkipShape source, SkipShape target, Skip.Align align) {
    String name = skip.vertex();
    boolean adds = skip.merge() == Skip.Merge.ADD;
    IWeightInit weights = adds ? ZERO : new WeightInitRelu();
    return switch (align) {
      case PROJECT -> layer(name + "-project", SkipLayers.projection(target, weights), from);
      case TRANSPOSE ->
          layer(
              name + "-transpose", SkipLayers.transposedConvolution(source, target, weights), from);
      case POOL -> {
        String pooled = layer(name + "-pool", SkipLayers.pooling(source, target), from);
        yield adds
            ? layer(name + "-project", SkipLayers.projection(target, weights), pooled)
            : pooled;
      }
      case NONE -> from;
      case AUTO -> throw new IllegalArgumentException("an alignment that was not chosen");
    };
  }

  private String layer(String name, Layer layer, String from) {
    layer.setLayerName(name);
    NeuralNetConfiguration conf =
        new NeuralNetConfiguration.Builder()
            .seed(configuration.getDefaultConfiguration().getSeed())
            .dataType(configuration.getDataType())
            .updater(updater())
            .layer(layer)
            .build();
    put(name, new LayerVertex(conf, null), from);
    return name;
  }

  /** That of the other layers. */
  private IUpdater updater() {
    return configuration.getVertices().values().stream()
        .filter(LayerVertex.class::isInstance)
        .map(vertex -> ((LayerVertex) vertex).getLayerConf().getLayer())
        .filter(BaseLayer.class::isInstance)
        .map(layer -> ((BaseLayer) layer).getIUpdater())
        .filter(updater -> updater != null)
        .findFirst()
        .orElse(new NoOp());
  }

  private void put(String name, GraphVertex vertex, String... inputs) {
    configuration.getVertices().put(name, vertex);
    configuration.getVertexInputs().put(name, new ArrayList<>(List.of(inputs)));
  }

  private List<String> readers(String vertex) {
    return configuration.getVertexInputs().entrySet().stream()
        .filter(entry -> entry.getValue().contains(vertex))
        .map(Map.Entry::getKey)
        .toList();
  }

  private Map<String, InputType> types() {
    return configuration.getLayerActivationTypes(input);
  }

  private void sort() {
    configuration.setTopologicalOrder(null);
    configuration.setTopologicalOrderStr(null);
    new ComputationGraph(configuration).calculateIndices(); // stores the order
  }

  ComputationGraphConfiguration finish() {
    NetworkGraph.nameVariables(configuration);
    return configuration;
  }
}
