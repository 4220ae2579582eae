package dev.sinter.model.pretrained;

import dev.sinter.model.ParameterTensor;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.Layer;

/** How a library names and orders the tensors of a network. */
@FunctionalInterface
public interface TensorNames {

  /**
   * Name and form of a tensor, or nothing for one that the library's network does not have.
   *
   * @param layer the layer that owns it
   */
  Optional<TensorForm> of(ParameterTensor tensor, Layer layer);
}
