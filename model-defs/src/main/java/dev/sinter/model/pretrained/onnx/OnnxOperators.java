package dev.sinter.model.pretrained.onnx;

import dev.sinter.model.layer.GroupNormalization;
import dev.sinter.model.pretrained.WeightTensor;
import java.util.Arrays;
import java.util.Set;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;

/** The operators that become one layer. */
final class OnnxOperators {
  private final OnnxVertices vertices;
  private final OnnxWindows windows;

  OnnxOperators(OnnxVertices vertices) {
    this.vertices = vertices;
    this.windows = new OnnxWindows(vertices);
  }

  /** Operators over the positions of images and the like. */
  private static final Set<String> SPATIAL =
      Set.of(
          "Conv",
          "ConvTranspose",
          "MaxPool",
          "AveragePool",
          "InstanceNormalization",
          "Pad",
          "Resize",
          "Upsample",
          "PRelu");

  void add(OnnxNode node) {
    if (SPATIAL.contains(node.operator()) && vertices.value(node, 0).pooled()) {
      throw vertices.refused(node, "works on what a global pooling gives");
    }
    switch (node.operator()) {
      case "Conv" -> windows.convolution(node);
      case "ConvTranspose" -> windows.transposed(node);
      case "MaxPool" -> windows.pool(node, PoolingType.MAX);
      case "AveragePool" -> windows.pool(node, PoolingType.AVG);
      case "GlobalAveragePool" -> global(node, PoolingType.AVG);
      case "GlobalMaxPool" -> global(node, PoolingType.MAX);
      case "ReduceMean" -> mean(node);
      case "BatchNormalization" -> batchNorm(node);
      case "InstanceNormalization" -> instanceNorm(node);
      case "Gemm" -> gemm(node);
      case "MatMul" -> dense(node, vertices.constant(node, 1), false, 1, null, 1);
      case "Pad" -> pad(node);
      case "Resize", "Upsample" -> resize(node);
      case "PRelu" -> slopes(node);
      case "Relu" -> named(node, Activation.RELU);
      case "Sigmoid" -> named(node, Activation.SIGMOID);
      case "Tanh" -> named(node, Activation.TANH);
      case "Selu" -> named(node, Activation.SELU);
      case "Softplus" -> named(node, Activation.SOFTPLUS);
      case "Softsign" -> named(node, Activation.SOFTSIGN);
      case "LeakyRelu" -> vertices.activation(node, new ActivationLReLU(node.real("alpha", 0.01f)));
      case "Elu" -> vertices.activation(node, new ActivationELU(node.real("alpha", 1)));
      case "HardSigmoid" -> {
        if (node.real("alpha", 0.2f) != 0.2f || node.real("beta", 0.5f) != 0.5f) {
          throw vertices.refused(node, "has another slope than DL4J's");
        }
        named(node, Activation.HARDSIGMOID);
      }
      case "Clip" -> clip(node);
      default -> throw vertices.refused(node, "is an operator that Sinter does not import");
    }
  }

  private void named(OnnxNode node, Activation activation) {
    vertices.activation(node, activation.getActivationFunction());
  }

  private void clip(OnnxNode node) {
    float low = limit(node, 1, "min", -Float.MAX_VALUE);
    float high = limit(node, 2, "max", Float.MAX_VALUE);
    if (low == 0 && high == 6) {
      named(node, Activation.RELU6);
    } else if (low == 0 && high == Float.MAX_VALUE) {
      named(node, Activation.RELU);
    } else {
      throw vertices.refused(node, "has other limits than 0 and 6");
    }
  }

  private float limit(OnnxNode node, int input, String attribute, float otherwise) {
    return node.hasInput(input)
        ? vertices.constant(node, input).floats()[0]
        : node.real(attribute, otherwise);
  }

  private void global(OnnxNode node, PoolingType type, int axes) {
    OnnxValue input = vertices.value(node, 0);
    if (input.axes() < 3 || input.pooled()) {
      throw vertices.refused(node, "pools no positions");
    }
    vertices.give(node, vertices.layer(node, new GlobalPoolingLayer(type), input).withAxes(axes));
  }

  private void global(OnnxNode node, PoolingType type) {
    global(node, type, vertices.value(node, 0).axes());
  }

  private void mean(OnnxNode node) {
    OnnxValue input = vertices.value(node, 0);
    int[] axes =
        node.hasInput(1) ? OnnxWindows.wholes(vertices.constant(node, 1)) : node.wholes("axes");
    int[] counted =
        Arrays.stream(axes).map(axis -> vertices.axis(node, axis, input)).sorted().toArray();
    int positions = input.sides().length - 1;
    int[] all = new int[positions];
    Arrays.setAll(all, i -> i + 2);
    if (positions == 0 || !Arrays.equals(all, counted)) {
      throw vertices.refused(node, "does not reduce all positions and only these");
    }
    global(node, PoolingType.AVG, node.whole("keepdims", 1) == 0 ? 2 : input.axes());
  }

  private void batchNorm(OnnxNode node) {
    if (node.whole("training_mode", 0) != 0 || node.outputs().size() > 1) {
      throw vertices.refused(node, "is in training mode");
    }
    OnnxValue input = vertices.value(node, 0);
    if (input.axes() != 2 && input.axes() != 4) {
      throw vertices.refused(node, "normalises something else than images or vectors");
    }
    vertices.layer(
        node,
        new BatchNormalization.Builder()
            .eps(node.real("epsilon", 1e-5f))
            .decay(node.real("momentum", 0.9f))
            .useLogStd(false)
            .build(),
        input);
    vertices.weights(node, "weight", vertices.constant(node, 1));
    vertices.weights(node, "bias", vertices.constant(node, 2));
    vertices.weights(node, "running_mean", vertices.constant(node, 3));
    vertices.weights(node, "running_var", vertices.constant(node, 4));
  }

  private void instanceNorm(OnnxNode node) {
    OnnxValue input = vertices.value(node, 0);
    if (input.axes() < 4) {
      throw vertices.refused(node, "normalises something else than images or volumes");
    }
    vertices.layer(
        node,
        new GroupNormalization.Builder((int) input.sides()[0])
            .epsilon(node.real("epsilon", 1e-5f))
            .build(),
        input);
    vertices.weights(node, "weight", vertices.constant(node, 1));
    vertices.weights(node, "bias", vertices.constant(node, 2));
  }

  private void gemm(OnnxNode node) {
    if (node.whole("transA", 0) != 0) {
      throw vertices.refused(node, "transposes its input");
    }
    dense(
        node,
        vertices.constant(node, 1),
        node.whole("transB", 0) != 0,
        node.real("alpha", 1),
        node.hasInput(2) ? vertices.constant(node, 2) : null,
        node.real("beta", 1));
  }

  private void dense(
      OnnxNode node,
      WeightTensor matrix,
      boolean transposed,
      float alpha,
      WeightTensor bias,
      float beta) {
    OnnxValue input = vertices.value(node, 0);
    long[] shape = matrix.shape();
    if (input.axes() != 2 || shape.length != 2) {
      throw vertices.refused(node, "multiplies something else than vectors");
    }
    int outputs = (int) shape[transposed ? 0 : 1];
    int inputs = (int) shape[transposed ? 1 : 0];
    vertices.layer(
        node, new DenseLayer.Builder().nOut(outputs).hasBias(bias != null).build(), input);
    vertices.weights(
        node,
        "weight",
        WeightTensor.derived(
            "",
            new long[] {outputs, inputs},
            () -> {
              WeightTensor.Elements given = matrix.elements();
              return transposed
                  ? index -> alpha * given.at(index)
                  : index -> alpha * given.at(index % inputs * outputs + index / inputs);
            }));
    if (bias != null) {
      float[] added = bias.floats();
      if (added.length != 1 && added.length != outputs) {
        throw vertices.refused(node, "adds a matrix");
      }
      float[] biases = new float[outputs];
      for (int o = 0; o < outputs; o++) {
        biases[o] = beta * added[added.length == 1 ? 0 : o];
      }
      vertices.weights(node, "bias", WeightTensor.of("", new long[] {outputs}, biases));
    }
  }

  private void pad(OnnxNode node) {
    OnnxValue input = vertices.value(node, 0);
    int[] pads =
        node.hasInput(1) ? OnnxWindows.wholes(vertices.constant(node, 1)) : node.wholes("pads");
    float value = node.hasInput(2) ? vertices.constant(node, 2).floats()[0] : node.real("value", 0);
    if (!node.text("mode", "constant").equals("constant")
        || value != 0
        || node.hasInput(3)
        || input.axes() != 4
        || pads.length != 8
        || pads[0] != 0
        || pads[1] != 0
        || pads[4] != 0
        || pads[5] != 0
        || Arrays.stream(pads).anyMatch(pad -> pad < 0)) {
      throw vertices.refused(node, "does something else than adding zeros around an image");
    }
    vertices.layer(
        node, new ZeroPaddingLayer.Builder(pads[2], pads[6], pads[3], pads[7]).build(), input);
  }

  private void resize(OnnxNode node) {
    OnnxValue input = vertices.value(node, 0);
    String places = node.text("coordinate_transformation_mode", "half_pixel");
    String rounding = node.text("nearest_mode", "round_prefer_floor");
    boolean repeats =
        node.operator().equals("Upsample")
            || (places.equals("asymmetric") && rounding.equals("floor"))
            || (places.startsWith("half_pixel") && rounding.equals("round_prefer_floor"));
    if (!node.text("mode", "nearest").equals("nearest")
        || !repeats
        || input.axes() != 4
        || node.attributes().containsKey("axes")
        || node.whole("antialias", 0) != 0) {
      throw vertices.refused(node, "does something else than repeating pixels of an image");
    }
    float[] factors = new float[4];
    if (node.hasInput(3)) {
      float[] sizes = vertices.constant(node, 3).floats();
      for (int i = 0; i < 4; i++) {
        factors[i] = i == 0 ? 1 : sizes[i] / (float) input.sides()[i - 1];
      }
    } else {
      int at = node.operator().equals("Upsample") ? 1 : 2;
      factors = vertices.constant(node, at).floats();
    }
    int height = Math.round(factors[2]);
    int width = Math.round(factors[3]);
    if (factors[0] != 1
        || factors[1] != 1
        || factors[2] != height
        || factors[3] != width
        || height < 1
        || width < 1) {
      throw vertices.refused(node, "does not multiply height and width by whole numbers");
    }
    vertices.layer(
        node, new Upsampling2D.Builder(2).size(new int[] {height, width}).build(), input);
  }

  private void slopes(OnnxNode node) {
    OnnxValue input = vertices.value(node, 0);
    WeightTensor slopes = vertices.constant(node, 1);
    long[] sides = input.sides();
    if (!(input.type() instanceof InputType.InputTypeConvolutional)
        || input.flat()
        || slopes.length() != sides[0]) {
      throw vertices.refused(node, "has no slope per channel of an image");
    }
    vertices.layer(
        node, new PReLULayer.Builder().inputShape(sides).sharedAxes(2, 3).build(), input);
    vertices.weights(
        node, "weight", WeightTensor.of("", new long[] {1, 1, slopes.length()}, slopes.floats()));
  }
}
