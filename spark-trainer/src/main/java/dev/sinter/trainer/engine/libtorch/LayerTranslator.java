package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Sequence;
import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;

/**
 * Translates one layer with its dropout and activation. Each family of layers has a class of its
 * own; this one asks them in turn and sees to what lies around a layer.
 */
final class LayerTranslator {
  private final ParameterTensors parameters;

  LayerTranslator(ParameterTensors parameters) {
    this.parameters = parameters;
  }

  /** A layer within the network. */
  Unary translate(String vertex, Layer layer) {
    LayerSite site = new LayerSite(vertex, "", parameters);
    return translate(site, layer);
  }

  /** A layer at the end of the network: up to its logits, without its activation. */
  Unary logits(String vertex, Layer layer) {
    return new Sequence(withDropout(new LayerSite(vertex, "", parameters), layer));
  }

  private Unary translate(LayerSite site, Layer layer) {
    Class<?> type = layer.getClass();
    if (type == LastTimeStep.class) {
      Unary inner = translate(site, ((LastTimeStep) layer).getUnderlying());
      return new Sequence(List.of(inner, Sequences.LAST_STEP));
    }
    if (type == TimeDistributed.class) {
      TimeDistributed wrapper = (TimeDistributed) layer;
      Preprocessors.requireChannelsFirst(site, wrapper.getRnnDataFormat());
      Unary inner = translate(site, wrapper.getUnderlying());
      return new Sequence(List.of(Sequences.STEPS_AS_SAMPLES, inner, Sequences.SAMPLES_AS_STEPS));
    }
    if (type == Bidirectional.class) {
      Bidirectional both = (Bidirectional) layer;
      return new Sequences.BothDirections(
          translate(site.withPrefix("f"), both.getFwd()),
          translate(site.withPrefix("b"), both.getBwd()),
          both.getMode());
    }
    if (type == FrozenLayer.class) {
      Unary inner = frozen(site, ((FrozenLayer) layer).getLayer());
      return (input, pass) -> inner.apply(input, pass).detach();
    }
    if (type == FrozenLayerWithBackprop.class) {
      return frozen(site, ((FrozenLayerWithBackprop) layer).getUnderlying());
    }
    List<Unary> operations = withDropout(site, layer);
    activationOf(layer).ifPresent(fn -> operations.add(Activations.of(site.vertex(), fn)));
    operations.removeIf(operation -> operation == Activations.IDENTITY);
    return operations.size() == 1 ? operations.get(0) : new Sequence(operations);
  }

  /** Runs as in evaluation, statistics included, and its parameters receive nothing. */
  private Unary frozen(LayerSite site, Layer layer) {
    parameters.freeze(site.vertex());
    Unary inner = translate(site, layer);
    return (input, pass) -> {
      if (pass.isTraining()) {
        parameters.keepStatistics(site.vertex());
      }
      return inner.apply(input, pass.inEvaluation());
    };
  }

  private List<Unary> withDropout(LayerSite site, Layer layer) {
    refuseWhatSurroundsLayers(site, layer);
    List<Unary> operations = new ArrayList<>();
    Dropouts.before(site, layer).ifPresent(operations::add);
    operations.add(core(site, layer));
    return operations;
  }

  private static Unary core(LayerSite site, Layer layer) {
    return Stream.<Family>of(
            ConvolutionLayers::translate,
            PoolingLayers::translate,
            BorderLayers::translate,
            NormalizationLayers::translate,
            DenseLayers::translate,
            RecurrentLayers::translate)
        .flatMap(family -> family.translate(site, layer).stream())
        .findFirst()
        .orElseThrow(() -> UnsupportedLayer.at(site.vertex(), layer.getClass()));
  }

  /** Layers that are translated in one place. */
  @FunctionalInterface
  private interface Family {
    /** The layer's computation, or nothing if it is of another family. */
    Optional<Unary> translate(LayerSite site, Layer layer);
  }

  private static void refuseWhatSurroundsLayers(LayerSite site, Layer layer) {
    if (layer.getConstraints() != null && !layer.getConstraints().isEmpty()) {
      throw site.refusal(
          "the constraint " + layer.getConstraints().get(0).getClass().getSimpleName());
    }
    if (layer instanceof BaseLayer base && base.getWeightNoise() != null) {
      throw site.refusal("the weight noise " + base.getWeightNoise().getClass().getSimpleName());
    }
  }

  /** The activation that DL4J applies behind a layer; some layers have one that it never reads. */
  private static Optional<org.nd4j.linalg.activations.IActivation> activationOf(Layer layer) {
    if (layer instanceof ActivationLayer activation) {
      return Optional.of(activation.getActivationFn());
    }
    if (layer instanceof BatchNormalization
        || layer instanceof PReLULayer
        || layer instanceof LSTM
        || !(layer instanceof BaseLayer base)) {
      return Optional.empty();
    }
    return Optional.of(base.getActivationFn());
  }
}
