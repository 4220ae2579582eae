package dev.sinter.model.pretrained;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;

/** Puts the weights of a file into a network that was made from the same file. */
public final class NetworkAssembly {
  private NetworkAssembly() {}

  /**
   * Fills every tensor of the network.
   *
   * @param configuration gets its variables listed
   * @param inputShape of the network's first input, without the batch
   * @param outputs numbers per sample, or channels, of the first output
   * @throws SinterException {@code WEIGHTS_UNREADABLE} when the file does not hold what it
   *     describes
   */
  public static GenericNetwork assemble(
      ComputationGraphConfiguration configuration,
      TensorNames names,
      WeightFile file,
      List<Long> inputShape,
      long outputs) {
    ParameterLayout layout = ParameterLayout.of(configuration);
    float[] parameters = new float[Math.toIntExact(layout.length())];
    FloatBuffer all = FloatBuffer.wrap(parameters);
    List<String> loaded = new ArrayList<>();
    Set<String> used = new LinkedHashSet<>();
    for (ParameterTensor tensor : layout.tensors()) {
      LayerVertex vertex = (LayerVertex) configuration.getVertices().get(tensor.vertex());
      // DL4J's JSON knows a batch normalisation's kind of spread from these lists alone.
      vertex.getLayerConf().addVariable(tensor.key());
      TensorForm form =
          names
              .of(tensor, vertex.getLayerConf().getLayer())
              .orElseThrow(() -> new IllegalStateException("no name for " + tensor.name()));
      WeightTensor weights = file.tensors().get(form.name());
      if (weights == null || !Arrays.equals(weights.shape(), form.shape())) {
        throw new SinterException(
            ErrorCategory.DATA,
            "WEIGHTS_UNREADABLE",
            file.source()
                + ": "
                + form.name()
                + " should have the shape "
                + WeightTensor.shapeText(form.shape())
                + ", but "
                + (weights == null ? "is not there" : "has " + weights.shapeText()),
            "Export the network again; the file does not hold what it describes.");
      }
      form.toFlat(weights.elements(), ImportPlan.part(all, tensor));
      loaded.add(tensor.name());
      used.add(form.name());
    }
    List<String> unused =
        file.tensors().keySet().stream().filter(name -> !used.contains(name)).toList();
    return new GenericNetwork(
        configuration,
        parameters,
        inputShape,
        outputs,
        new ImportReport(file.source(), loaded, List.of(), List.of(), unused));
  }
}
