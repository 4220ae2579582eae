package dev.sinter.trainer.data;

import dev.sinter.trainer.engine.Batch;

/**
 * Mixes the samples of a micro-batch with each other (Zhang et al. 2018): x becomes share x + (1 -
 * share) x', with x' another sample of the micro-batch and the share drawn for the whole of it.
 *
 * <p>A batch holds one class per sample. So the class is drawn too: the sample's own with
 * probability share, else the other one's. The expectation of the loss, and of its gradient, is
 * that of mixed labels.
 */
final class Mixup {
  private final SplitMix64 random = new SplitMix64(0);
  private float[] inputs = {};
  private int[] labels = {};

  /** Mixes in place, from (seed, step, lane). */
  void mix(Batch batch, float alpha, long seed, long step, int lane) {
    int samples = batch.samples();
    if (samples < 2) {
      return;
    }
    random.reseed(Randomness.MIXUP.seedFor(seed, step, lane));
    float share = share(alpha);
    int shift = 1 + random.nextInt(samples - 1);
    int length = batch.inputs().capacity() / samples;
    if (inputs.length < batch.inputs().capacity()) {
      inputs = new float[batch.inputs().capacity()];
      labels = new int[samples];
    }
    batch.inputs().get(0, inputs);
    batch.labels().get(0, labels);
    for (int sample = 0; sample < samples; sample++) {
      int other = (sample + shift) % samples;
      for (int i = 0; i < length; i++) {
        float own = inputs[sample * length + i];
        batch
            .inputs()
            .put(sample * length + i, own + (1 - share) * (inputs[other * length + i] - own));
      }
      batch.labels().put(sample, labels[random.nextFloat() < share ? sample : other]);
    }
  }

  /** Beta(alpha, alpha) after Jöhnk (1964), and of its two sides the larger. */
  private float share(float alpha) {
    while (true) {
      double x = StrictMath.pow(random.nextFloat(), 1 / (double) alpha);
      double y = StrictMath.pow(random.nextFloat(), 1 / (double) alpha);
      if (x + y > 0 && x + y <= 1) {
        return (float) (Math.max(x, y) / (x + y));
      }
    }
  }
}
