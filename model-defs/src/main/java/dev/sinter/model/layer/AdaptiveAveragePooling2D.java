package dev.sinter.model.layer;

import java.util.Collection;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.NoParamLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Averages images of any size to a grid of a fixed one, as torch's adaptive average pooling: cell
 * {@code i} of {@code n} covers the rows from {@code floor(i * H / n)} to {@code ceil((i + 1) * H /
 * n)}, which overlap where {@code n} does not divide {@code H} and repeat rows where it is larger.
 *
 * <p>{@code [N, C, H, W] -> [N, C, height, width]}, NCHW only.
 */
public final class AdaptiveAveragePooling2D extends NoParamLayer {
  private static final long serialVersionUID = 1L;

  private int height;
  private int width;

  /** For DL4J's JSON. */
  public AdaptiveAveragePooling2D() {}

  /**
   * A grid of that many cells.
   *
   * @throws IllegalArgumentException if there is none
   */
  public AdaptiveAveragePooling2D(int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException("a grid of " + height + "x" + width + " cells");
    }
    this.height = height;
    this.width = width;
  }

  /** Rows of the grid. */
  public int getHeight() {
    return height;
  }

  /** For DL4J's JSON. */
  public void setHeight(int height) {
    this.height = height;
  }

  /** Columns of the grid. */
  public int getWidth() {
    return width;
  }

  /** For DL4J's JSON. */
  public void setWidth(int width) {
    this.width = width;
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    AdaptiveAveragePoolingLayer layer = new AdaptiveAveragePoolingLayer(configuration, type);
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamTable(initializer().init(configuration, parameters, initialize));
    layer.setConf(configuration);
    return layer;
  }

  @Override
  public InputType getOutputType(int index, InputType input) {
    if (!(input instanceof InputType.InputTypeConvolutional image)) {
      throw new IllegalStateException(
          "layer " + getLayerName() + ": adaptive pooling needs images, not " + input);
    }
    return InputType.convolutional(height, width, image.getChannels());
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType input) {
    return null;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    return new LayerMemoryReport.Builder(
            getLayerName(), AdaptiveAveragePooling2D.class, input, getOutputType(-1, input))
        .standardMemory(0, 0)
        .workingMemory(0, 0, 0, 0)
        .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AdaptiveAveragePooling2D pooling
        && super.equals(other)
        && height == pooling.height
        && width == pooling.width;
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), height, width);
  }
}
