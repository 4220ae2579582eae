package dev.sinter.trainer.engine.libtorch;

import static org.bytedeco.pytorch.global.torch.from_blob;

import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.FrozenParts;
import dev.sinter.trainer.engine.MemoryAddress;
import dev.sinter.trainer.engine.Network;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The tensors of a network as views of flat vectors, wherever these are placed. */
final class ParameterTensors implements AutoCloseable {
  private final ParameterLayout layout;
  private final FrozenParts frozen;
  private final FlatVector parameters;
  private final TensorPlacement placement;
  private final ScalarType type;
  private final Map<String, Parameter> byName = new LinkedHashMap<>();
  private long gradientAddress;

  @SuppressWarnings("try")
  ParameterTensors(Network network, FlatVector parameters, TensorPlacement placement) {
    requireLength(network.layout(), parameters, "parameters");
    this.layout = network.layout();
    this.frozen = network.frozen();
    this.parameters = parameters;
    this.placement = placement;
    this.type = typeOf(parameters);
    try (PointerScope scope = new PointerScope()) {
      for (ParameterTensor tensor : layout.tensors()) {
        Tensor value = view(placement.parameters(), tensor);
        if (tensor.role() == ParameterTensor.Role.TRAINABLE
            && !frozen.vertices().contains(tensor.vertex())) {
          value.set_requires_grad(true);
        }
        byName.put(tensor.name(), new Parameter(value));
      }
    }
  }

  static ScalarType typeOf(FlatVector vector) {
    return vector.precision() == FlatVector.Precision.FLOAT64
        ? ScalarType.Double
        : ScalarType.Float;
  }

  /** Element type of the flat vectors. */
  ScalarType type() {
    return type;
  }

  /** A parameter by vertex and DL4J key. */
  Parameter get(String vertex, String key) {
    Parameter parameter = byName.get(vertex + "/" + key);
    if (parameter == null) {
      throw new IllegalStateException("no parameter " + vertex + "/" + key + " in the layout");
    }
    return parameter;
  }

  /** Whether a batch normalisation keeps to its running statistics. */
  boolean isFixed(String vertex) {
    return frozen.normalisations().contains(vertex);
  }

  /** Makes a vertex receive no gradients. */
  void freeze(String vertex) {
    for (ParameterTensor tensor : layout.ofVertex(vertex)) {
      byName.get(tensor.name()).value().set_requires_grad(false);
    }
  }

  /** The batch statistics of a frozen vertex are its running ones: they stay what they are. */
  void keepStatistics(String vertex) {
    for (ParameterTensor tensor : layout.ofVertex(vertex)) {
      if (tensor.role() != ParameterTensor.Role.TRAINABLE) {
        Parameter statistic = byName.get(tensor.name());
        statistic.received().get().copy_(statistic.value());
      }
    }
  }

  /** The vector has other values than before. */
  void changed() {
    byName.values().forEach(Parameter::changed);
  }

  /** Makes a gradient, cleared, the place where the next backward pass leaves its results. */
  @SuppressWarnings("try")
  void receiveInto(FlatVector gradient) {
    requireLength(layout, gradient, "gradient");
    if (gradient.precision() != parameters.precision()) {
      throw new IllegalArgumentException(
          "the gradient is "
              + gradient.precision()
              + ", the parameters are "
              + parameters.precision());
    }
    try (PointerScope scope = new PointerScope();
        AutoGradMode notRecording = new AutoGradMode(false)) {
      pointAt(placement.gradient(gradient));
      byName.values().forEach(Parameter::clearGradient);
    }
  }

  private void pointAt(long address) {
    if (address != gradientAddress) {
      for (ParameterTensor tensor : layout.tensors()) {
        Tensor view = view(address, tensor);
        Parameter parameter = byName.get(tensor.name());
        if (tensor.role() == ParameterTensor.Role.TRAINABLE) {
          parameter.value().mutable_grad().put(view);
        } else {
          parameter.receiveInto(view);
        }
      }
      gradientAddress = address;
    }
  }

  /** Completes the gradient after a backward pass. */
  @SuppressWarnings("try")
  void deliverGradient() {
    try (PointerScope scope = new PointerScope();
        AutoGradMode notRecording = new AutoGradMode(false)) {
      byName.values().forEach(Parameter::deliverGradient);
    }
  }

  /**
   * Divides the gradients by a factor.
   *
   * @return whether they are finite
   */
  @SuppressWarnings("try")
  boolean divideGradient(double factor) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode notRecording = new AutoGradMode(false)) {
      Scalar inverse = new Scalar(1 / factor);
      Tensor sum = null;
      for (ParameterTensor tensor : layout.tensors()) {
        Tensor value = byName.get(tensor.name()).value();
        if (value.requires_grad()) {
          Tensor gradient = value.mutable_grad();
          gradient.mul_(inverse);
          sum = sum == null ? gradient.sum() : sum.add_(gradient.sum());
        }
      }
      return sum == null || Double.isFinite(sum.item_double());
    }
  }

  private Tensor view(long vectorAddress, ParameterTensor tensor) {
    long[] shape = tensor.shape();
    if (tensor.order() == 'f') {
      for (int i = 0, j = shape.length - 1; i < j; i++, j--) {
        long swapped = shape[i];
        shape[i] = shape[j];
        shape[j] = swapped;
      }
    }
    Pointer start =
        new MemoryAddress(vectorAddress + tensor.offset() * parameters.precision().bytes());
    return from_blob(start, shape, placement.options(type));
  }

  private static void requireLength(ParameterLayout layout, FlatVector vector, String what) {
    if (vector.length() != layout.length()) {
      throw new IllegalArgumentException(
          what + " have length " + vector.length() + ", the network has " + layout.length());
    }
  }

  @Override
  public void close() {
    byName.values().forEach(Parameter::close);
  }
}
