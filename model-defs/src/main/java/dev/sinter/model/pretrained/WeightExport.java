package dev.sinter.model.pretrained;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;

/** A network's weights as other libraries name them. */
public final class WeightExport {
  private WeightExport() {}

  /** Vertex names as modules, with torch's shapes. */
  public static TensorNames ownNames() {
    return TorchNames.own();
  }

  /**
   * All tensors in torch's naming; a layer that the published network does not have keeps its
   * vertex name.
   *
   * @param parameters the whole flat vector, from its first element on
   * @throws SinterException {@code EXPORT_UNSUPPORTED} when two tensors would have one name
   */
  public static List<WeightTensor> toTorch(
      String family, ComputationGraphConfiguration configuration, FloatBuffer parameters) {
    TorchNames names = TorchNames.of(family, configuration);
    TorchNames own = TorchNames.own();
    List<WeightTensor> tensors = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (ParameterTensor tensor : ParameterLayout.of(configuration).tensors()) {
      Layer layer =
          ((LayerVertex) configuration.getVertices().get(tensor.vertex()))
              .getLayerConf()
              .getLayer();
      TensorForm form = names.of(tensor, layer).or(() -> own.of(tensor, layer)).orElseThrow();
      FloatBuffer part =
          parameters.slice(Math.toIntExact(tensor.offset()), Math.toIntExact(tensor.length()));
      if (!taken.add(form.name())) {
        throw new SinterException(
            ErrorCategory.USAGE,
            "EXPORT_UNSUPPORTED",
            "two tensors of the network would be named " + form.name(),
            "Rename the vertex " + tensor.vertex() + ".");
      }
      tensors.add(WeightTensor.computed(form.name(), form.shape(), () -> form.toFile(part)));
    }
    return tensors;
  }
}
