package dev.sinter.trainer.bench;

import dev.sinter.dataset.Normalization;
import dev.sinter.dataset.PixelType;
import dev.sinter.dataset.Sample;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.data.SampleCache;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Random images and weights: speed depends on their shapes alone. */
final class GeneratedData {
  private static final float MEAN = 127.5f;
  private static final float STD = 73.9f;

  private GeneratedData() {}

  /** A cache of 8-bit images with a class each, or with a class per pixel. */
  static SampleCache samples(ModelSpec spec, boolean masked, int count) {
    return SampleCache.read(
        stream(spec, masked, count).iterator(), 0, Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** The samples of {@link #samples}, in order. */
  static Stream<Sample> stream(ModelSpec spec, boolean masked, int count) {
    RandomGenerator random = new java.util.Random(1);
    return IntStream.range(0, count).mapToObj(i -> sample(spec, masked, i, random));
  }

  /** The scale of {@link #samples}. */
  static Normalization normalization(ModelSpec spec) {
    return new Normalization(
        Normalization.Kind.DATASET,
        Collections.nCopies(spec.channels(), MEAN),
        Collections.nCopies(spec.channels(), STD));
  }

  private static Sample sample(ModelSpec spec, boolean masked, int index, RandomGenerator random) {
    byte[] pixels = new byte[spec.channels() * spec.height() * spec.width()];
    random.nextBytes(pixels);
    byte[] mask = new byte[masked ? spec.height() * spec.width() : 0];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) random.nextInt(Math.min(spec.classes(), 256));
    }
    String id = "generated-" + index;
    return new Sample(
        id,
        id,
        "train",
        masked ? -1 : random.nextInt(spec.classes()),
        mask,
        pixels,
        PixelType.UINT8,
        spec.channels(),
        spec.height(),
        spec.width(),
        MEAN,
        STD,
        List.of(),
        id,
        0,
        id);
  }

  /**
   * Weights of the size that networks start from. Not those of a training run, which ND4J draws on
   * the driver: a worker, like this process, receives them and does not load ND4J for it.
   */
  static void initialise(Network network, FlatVector parameters) {
    SplittableRandom random = new SplittableRandom(1);
    FloatBuffer values = parameters.floats();
    for (ParameterTensor tensor : network.layout().tensors()) {
      long[] shape = tensor.shape();
      boolean isScale = tensor.key().equals("gamma") || tensor.key().equals("var");
      double inputs = (double) tensor.length() / shape[0];
      double bound = shape.length > 1 ? Math.sqrt(3 / inputs) : 0;
      for (long i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
        double drawn = bound == 0 ? 0 : random.nextDouble(-bound, bound);
        values.put((int) i, isScale ? 1 : (float) drawn);
      }
    }
  }
}
