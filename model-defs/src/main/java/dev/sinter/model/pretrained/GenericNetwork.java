package dev.sinter.model.pretrained;

import dev.sinter.model.InputShape;
import dev.sinter.model.ModelSpec;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;

/**
 * A network that a file describes whole, with its weights.
 *
 * @param configuration fulfils what Sinter asks of configurations; its variables are listed
 * @param parameters the flat vector
 * @param inputShape without the batch: (C, H, W) for images
 * @param outputs numbers per sample, or channels
 * @param report all of its tensors as loaded
 */
public record GenericNetwork(
    ComputationGraphConfiguration configuration,
    float[] parameters,
    List<Long> inputShape,
    long outputs,
    ImportReport report) {
  /** The name of a spec that no registered network has. */
  public static final String NAME = "imported";

  /** Copies the shape. */
  public GenericNetwork {
    inputShape = List.copyOf(inputShape);
  }

  /** What manifests say of it. */
  public ModelSpec spec(long seed) {
    InputShape shape = new InputShape(inputShape.stream().map(Math::toIntExact).toList());
    return new ModelSpec(NAME, shape, (int) outputs, "cross-entropy", Map.of(), seed);
  }
}
