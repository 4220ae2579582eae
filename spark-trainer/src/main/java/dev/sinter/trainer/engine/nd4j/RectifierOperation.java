package dev.sinter.trainer.engine.nd4j;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.ActivationLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's activation layer for ReLU, without its copies of the input. */
final class RectifierOperation extends ActivationLayer {
  private static final long serialVersionUID = 1;

  RectifierOperation(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    INDArray values = Contiguous.of(input);
    INDArray output =
        workspaces.createUninitialized(
            ArrayType.ACTIVATIONS, values.dataType(), values.shape(), 'c');
    Rectification.forward(values, output);
    return output;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray gradient =
        workspaces.createUninitialized(
            ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c');
    Rectification.backward(Contiguous.of(input), Contiguous.of(epsilon), gradient);
    return new Pair<>(new DefaultGradient(), gradient);
  }
}
