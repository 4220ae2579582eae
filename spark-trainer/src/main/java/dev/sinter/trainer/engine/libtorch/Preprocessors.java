package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Sequence;
import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnn3DPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;

/** Changes of shape between vectors, sequences, images and volumes. */
final class Preprocessors {
  private static final Unary FLATTEN =
      (input, pass) -> input.dim() == 2 ? input : input.flatten(1, -1);

  private Preprocessors() {}

  static Unary translate(LayerSite site, InputPreProcessor preprocessor) {
    Class<?> type = preprocessor.getClass();
    if (type == CnnToFeedForwardPreProcessor.class) {
      site.require(
          ((CnnToFeedForwardPreProcessor) preprocessor).getFormat(),
          CNN2DFormat.NCHW,
          "data format");
      return FLATTEN;
    }
    if (type == Cnn3DToFeedForwardPreProcessor.class) {
      requireChannelsFirst(site, ((Cnn3DToFeedForwardPreProcessor) preprocessor).isNCDHW());
      return FLATTEN;
    }
    if (type == FeedForwardToCnnPreProcessor.class) {
      FeedForwardToCnnPreProcessor to = (FeedForwardToCnnPreProcessor) preprocessor;
      return shaped(to.getNumChannels(), to.getInputHeight(), to.getInputWidth());
    }
    if (type == FeedForwardToCnn3DPreProcessor.class) {
      FeedForwardToCnn3DPreProcessor to = (FeedForwardToCnn3DPreProcessor) preprocessor;
      requireChannelsFirst(site, to.isNCDHW());
      return shaped(
          to.getNumChannels(), to.getInputDepth(), to.getInputHeight(), to.getInputWidth());
    }
    if (type == RnnToFeedForwardPreProcessor.class) {
      requireChannelsFirst(site, ((RnnToFeedForwardPreProcessor) preprocessor).getRnnDataFormat());
      return Sequences.STEPS_AS_SAMPLES;
    }
    if (type == FeedForwardToRnnPreProcessor.class) {
      requireChannelsFirst(site, ((FeedForwardToRnnPreProcessor) preprocessor).getRnnDataFormat());
      return Sequences.SAMPLES_AS_STEPS;
    }
    if (type == CnnToRnnPreProcessor.class) {
      requireChannelsFirst(site, ((CnnToRnnPreProcessor) preprocessor).getRnnDataFormat());
      return new Sequence(List.of(FLATTEN, Sequences.SAMPLES_AS_STEPS));
    }
    if (type == RnnToCnnPreProcessor.class) {
      RnnToCnnPreProcessor to = (RnnToCnnPreProcessor) preprocessor;
      requireChannelsFirst(site, to.getRnnDataFormat());
      return new Sequence(
          List.of(
              Sequences.STEPS_AS_SAMPLES,
              shaped(to.getNumChannels(), to.getInputHeight(), to.getInputWidth())));
    }
    if (type == ComposableInputPreProcessor.class) {
      return new Sequence(
          Arrays.stream(((ComposableInputPreProcessor) preprocessor).getInputPreProcessors())
              .map(part -> translate(site, part))
              .toList());
    }
    throw UnsupportedLayer.at(site.vertex(), type);
  }

  static void requireChannelsFirst(LayerSite site, RNNFormat format) {
    site.require(format, RNNFormat.NCW, "data format");
  }

  private static void requireChannelsFirst(LayerSite site, boolean channelsFirst) {
    if (!channelsFirst) {
      throw site.refusal("data format NDHWC");
    }
  }

  /** Vectors as images or volumes; such pass as they are. */
  private static Unary shaped(long... sample) {
    long[] shape = new long[sample.length + 1];
    System.arraycopy(sample, 0, shape, 1, sample.length);
    shape[0] = -1;
    return (input, pass) -> input.dim() == shape.length ? input : input.reshape(shape);
  }
}
