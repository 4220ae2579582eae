package dev.sinter.model.pretrained.onnx;

import dev.sinter.model.pretrained.onnx.OnnxGraphWriter.Attributes;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/** DL4J's activation functions as ONNX nodes. */
final class OnnxActivations {
  private OnnxActivations() {}

  /**
   * Adds an activation; returns the name of its output, which is the input's for the identity.
   *
   * @param softmaxAxis axis of a softmax
   */
  static String apply(
      OnnxGraphWriter graph, String name, IActivation activation, String x, int softmaxAxis) {
    if (activation == null || activation instanceof ActivationIdentity) {
      return x;
    }
    Attributes attributes = new Attributes();
    if (activation instanceof ActivationReLU relu && isPlain(relu)) {
      return graph.node("Relu", name, attributes, x);
    }
    if (activation instanceof ActivationSigmoid) {
      return graph.node("Sigmoid", name, attributes, x);
    }
    if (activation instanceof ActivationTanH) {
      return graph.node("Tanh", name, attributes, x);
    }
    if (activation instanceof ActivationSoftmax) {
      return graph.node("Softmax", name, attributes.whole("axis", softmaxAxis), x);
    }
    if (activation instanceof ActivationLReLU leaky) {
      return graph.node("LeakyRelu", name, attributes.real("alpha", leaky.getAlpha()), x);
    }
    if (activation instanceof ActivationELU elu) {
      return graph.node("Elu", name, attributes.real("alpha", elu.getAlpha()), x);
    }
    if (activation instanceof ActivationSELU) {
      return graph.node("Selu", name, attributes, x);
    }
    if (activation instanceof ActivationSoftPlus) {
      return graph.node("Softplus", name, attributes, x);
    }
    if (activation instanceof ActivationSoftSign) {
      return graph.node("Softsign", name, attributes, x);
    }
    if (activation instanceof ActivationHardSigmoid) { // clip(0.2 x + 0.5, 0, 1) in both
      return graph.node("HardSigmoid", name, attributes, x);
    }
    if (activation instanceof ActivationSwish) {
      String gate = graph.node("Sigmoid", name + "/gate", attributes, x);
      return graph.node("Mul", name, new Attributes(), x, gate);
    }
    throw OnnxExport.unsupported(name, "activation " + activation);
  }

  /** Whether it has neither a threshold nor a slope or maximum of its own. */
  private static boolean isPlain(ActivationReLU relu) {
    return relu.equals(new ActivationReLU());
  }
}
