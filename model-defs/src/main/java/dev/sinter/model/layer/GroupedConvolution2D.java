package dev.sinter.model.layer;

import java.util.Collection;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.InputTypeUtil;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A two-dimensional convolution in groups: each group of output channels sees only its own group of
 * input channels (Xie et al. 2017, ResNeXt).
 *
 * <p>{@code [N, C, H, W] -> [N, outputs, H', W']}, NCHW only; kernels are {@code [outputs, C /
 * groups, height, width]}.
 */
public final class GroupedConvolution2D extends ConvolutionLayer {
  private static final long serialVersionUID = 1L;

  private int groups = 1;

  /** For DL4J's JSON. */
  public GroupedConvolution2D() {}

  private GroupedConvolution2D(Builder builder) {
    super(builder);
    this.groups = builder.groups;
  }

  /** Number of groups; divides the input and the output channels. */
  public int getGroups() {
    return groups;
  }

  /** For DL4J's JSON. */
  public void setGroups(int groups) {
    this.groups = groups;
  }

  @Override
  public GroupedConvolution2D clone() {
    return (GroupedConvolution2D) super.clone();
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    LayerValidation.assertNInNOutSet(
        "GroupedConvolution2D", getLayerName(), index, getNIn(), getNOut());
    GroupedConvolutionLayer layer = new GroupedConvolutionLayer(configuration, type);
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(initializer().init(configuration, parameters, initialize));
    layer.setConf(configuration);
    return layer;
  }

  @Override
  public ParamInitializer initializer() {
    return GroupedConvolutionParameters.INSTANCE;
  }

  @Override
  public InputType getOutputType(int index, InputType input) {
    if (!(input instanceof InputType.InputTypeConvolutional)) {
      throw new IllegalStateException(
          "layer " + getLayerName() + ": a grouped convolution needs images, not " + input);
    }
    return InputTypeUtil.getOutputTypeCnnLayers(
        input,
        getKernelSize(),
        getStride(),
        getPadding(),
        getDilation(),
        getConvolutionMode(),
        getNOut(),
        index,
        getLayerName(),
        CNN2DFormat.NCHW,
        GroupedConvolutionLayer.class);
  }

  @Override
  public void setNIn(InputType input, boolean override) {
    super.setNIn(input, override);
    if (getNIn() % groups != 0 || getNOut() % groups != 0) {
      throw new IllegalArgumentException(
          "layer "
              + getLayerName()
              + ": "
              + groups
              + " groups do not divide "
              + getNIn()
              + " input and "
              + getNOut()
              + " output channels");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupedConvolution2D convolution
        && super.equals(other)
        && groups == convolution.groups;
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), groups);
  }

  /** Builds one, with all that DL4J's own convolution has but the data format. */
  @SuppressWarnings("unchecked") // build() of DL4J's builders has a type variable of its own
  public static final class Builder extends BaseConvBuilder<Builder> {
    private int groups = 1;

    /** A square or other kernel: height, width. */
    public Builder(int... kernel) {
      super(kernel);
    }

    /** Number of groups. */
    public Builder groups(int groups) {
      if (groups < 1) {
        throw new IllegalArgumentException("groups is " + groups + ", not positive");
      }
      this.groups = groups;
      return this;
    }

    /** Rows and columns from one position to the next. */
    @Override
    public Builder stride(int... stride) {
      setStride(stride);
      return this;
    }

    /** Zeros above and below, left and right. */
    @Override
    public Builder padding(int... padding) {
      setPadding(padding);
      return this;
    }

    @Override
    protected boolean allowCausal() {
      return false;
    }

    @Override
    public GroupedConvolution2D build() {
      return new GroupedConvolution2D(this);
    }
  }
}
