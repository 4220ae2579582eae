package dev.sinter.model.pretrained;

import dev.sinter.model.ParameterLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;

/** The layers with parameters that lie next to a network's inputs and outputs. */
record NetworkEnds(Set<String> first, Set<String> heads) {

  static NetworkEnds of(ComputationGraphConfiguration configuration, ParameterLayout layout) {
    Set<String> owners = new HashSet<>();
    layout.tensors().forEach(tensor -> owners.add(tensor.vertex()));
    Map<String, List<String>> inputs = configuration.getVertexInputs();
    Set<String> first = new HashSet<>();
    for (String owner : owners) {
      if (configuration.getNetworkInputs().containsAll(inputs.get(owner))) {
        first.add(owner);
      }
    }
    Set<String> heads = new HashSet<>();
    for (String output : configuration.getNetworkOutputs()) {
      collect(output, owners, inputs, heads);
    }
    return new NetworkEnds(first, heads);
  }

  private static void collect(
      String vertex, Set<String> owners, Map<String, List<String>> inputs, Set<String> heads) {
    if (owners.contains(vertex)) {
      heads.add(vertex);
      return;
    }
    for (String input : inputs.getOrDefault(vertex, List.of())) {
      collect(input, owners, inputs, heads);
    }
  }
}
