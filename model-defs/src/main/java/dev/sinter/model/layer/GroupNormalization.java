package dev.sinter.model.layer;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Normalises each sample over groups of channels and all positions, then scales and shifts each
 * channel (Wu and He 2018). As many groups as channels give instance normalisation.
 *
 * <p>Keeps the shape: {@code [N, C, H, W]} or {@code [N, C, D, H, W]}. It has no activation.
 */
public final class GroupNormalization extends FeedForwardLayer {
  private static final long serialVersionUID = 1L;

  private int groups;
  private double epsilon;

  /** For DL4J's JSON. */
  public GroupNormalization() {}

  private GroupNormalization(Builder builder) {
    super(builder);
    this.groups = builder.groups;
    this.epsilon = builder.epsilon;
  }

  /** Number of groups; divides the channels. */
  public int getGroups() {
    return groups;
  }

  /** For DL4J's JSON. */
  public void setGroups(int groups) {
    this.groups = groups;
  }

  /** Added to the variance. */
  public double getEpsilon() {
    return epsilon;
  }

  /** For DL4J's JSON. */
  public void setEpsilon(double epsilon) {
    this.epsilon = epsilon;
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    GroupNormalizationLayer layer = new GroupNormalizationLayer(configuration, type);
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(initializer().init(configuration, parameters, initialize));
    layer.setConf(configuration);
    return layer;
  }

  @Override
  public ParamInitializer initializer() {
    return GroupNormalizationParameters.INSTANCE;
  }

  @Override
  public InputType getOutputType(int index, InputType input) {
    return input;
  }

  @Override
  public void setNIn(InputType input, boolean override) {
    if (nIn <= 0 || override) {
      nIn = channels(input);
      nOut = nIn;
    }
    if (nIn % groups != 0) {
      throw new IllegalArgumentException(
          "layer " + getLayerName() + ": " + groups + " groups do not divide " + nIn + " channels");
    }
  }

  private long channels(InputType input) {
    if (input instanceof InputType.InputTypeConvolutional image) {
      return image.getChannels();
    }
    if (input instanceof InputType.InputTypeConvolutional3D volume) {
      return volume.getChannels();
    }
    throw new IllegalStateException(
        "layer " + getLayerName() + ": group normalisation needs images or volumes, not " + input);
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType input) {
    return null;
  }

  @Override
  public List<Regularization> getRegularizationByParam(String key) {
    return null; // as DL4J's batch normalisation
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    long parameters = initializer().numParams(this);
    return new LayerMemoryReport.Builder(
            getLayerName(), GroupNormalization.class, input, getOutputType(-1, input))
        .standardMemory(parameters, getIUpdater().stateSize(parameters))
        .workingMemory(0, 0, 0, 0)
        .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupNormalization norm
        && super.equals(other)
        && groups == norm.groups
        && epsilon == norm.epsilon;
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), groups, epsilon);
  }

  /** Builds one. */
  @SuppressWarnings("unchecked") // build() of DL4J's builders has a type variable of its own
  public static final class Builder extends FeedForwardLayer.Builder<Builder> {
    private final int groups;
    private double epsilon = 1e-5;

    /** With a number of groups that divides the channels. */
    public Builder(int groups) {
      if (groups < 1) {
        throw new IllegalArgumentException("groups is " + groups + ", not positive");
      }
      this.groups = groups;
    }

    /** Added to the variance; 1e-5 by default. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    @Override
    public GroupNormalization build() {
      return new GroupNormalization(this);
    }
  }
}
