package dev.sinter.trainer.prediction;

import dev.sinter.dataset.Sample;
import dev.sinter.dataset.Task;
import dev.sinter.trainer.data.BatchAssembler;
import dev.sinter.trainer.data.SampleCache;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.Engines;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.NativeLibraries;
import dev.sinter.trainer.engine.Replica;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.engine.device.SparkDevices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/**
 * Predicts samples one after the other within one task: replica, batch and output buffers are made
 * once.
 */
final class Predictor implements AutoCloseable {
  static final int BATCH_SAMPLES = 8;

  private static final int CHUNK_SAMPLES = 32 * BATCH_SAMPLES;
  private static final long CHUNK_BYTES = 64L << 20;

  /** Receives each sample's probabilities. */
  @FunctionalInterface
  interface Receiver {
    /**
     * Takes one sample.
     *
     * @param probabilities (samples, classes[, height, width])
     * @param offset where this sample's begin
     */
    void accept(Sample sample, FloatBuffer probabilities, int offset);
  }

  private final ShippedModel model;
  private final FlatVector parameters;
  private final Replica replica;
  private Batch batch;
  private final FloatBuffer probabilities;
  private final int outputsPerSample;

  Predictor(ShippedModel model) {
    NativeLibraries.select();
    this.model = model;
    boolean segmentation = model.dataset().task() == Task.SEGMENTATION;
    long positions = segmentation ? model.dataset().preparation().positions() : 1;
    this.outputsPerSample = Math.toIntExact(model.network().spec().classes() * positions);
    this.probabilities =
        ByteBuffer.allocateDirect(BATCH_SAMPLES * outputsPerSample * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    this.parameters = model.loadParameters();
    this.replica =
        Engines.byName(settings(model.engine(), SparkDevices.ofTask(TaskContext.get())))
            .createReplica(model.network(), parameters);
  }

  /** Processors refuse fp16, but a model that GPUs trained in it has the same fp32 parameters. */
  static EngineSettings settings(EngineSettings trained, ComputeDevice device) {
    EngineSettings settings = trained.on(device);
    return settings.precision() == ComputePrecision.FP16 && !device.isCuda()
        ? settings.with(ComputePrecision.FP32)
        : settings;
  }

  /** Predicts all samples, in order, some hundred at a time. */
  void predict(Iterator<Sample> samples, Receiver receiver) {
    List<Sample> chunk = new ArrayList<>(CHUNK_SAMPLES);
    while (samples.hasNext()) {
      chunk.clear();
      long bytes = 0;
      while (samples.hasNext() && chunk.size() < CHUNK_SAMPLES && bytes < CHUNK_BYTES) {
        Sample sample = samples.next();
        chunk.add(sample);
        bytes += sample.pixels().length + sample.mask().length;
      }
      predictChunk(chunk, receiver);
    }
  }

  private void predictChunk(List<Sample> chunk, Receiver receiver) {
    Path directory = Path.of(SparkEnv.get().blockManager().diskBlockManager().localDirsString()[0]);
    try (SampleCache cache = SampleCache.read(chunk.iterator(), 0, directory)) {
      if (batch == null) {
        // New images have no masks, whatever the task.
        batch =
            Batch.of(BATCH_SAMPLES, model.network().spec().input().dimensions(), cache.labels());
      }
      BatchAssembler assembler =
          BatchAssembler.withoutAugmentation(cache, model.dataset().normalization());
      for (int first = 0; first < cache.size(); first += BATCH_SAMPLES) {
        int filled = assembler.fillConsecutive(first, batch);
        replica.predict(batch, probabilities);
        for (int i = 0; i < filled; i++) {
          receiver.accept(chunk.get(first + i), probabilities, i * outputsPerSample);
        }
      }
    }
  }

  /** The most probable class of each pixel of one sample; the lower one of a tie. */
  static byte[] mostProbable(FloatBuffer probabilities, int offset, int classes, int pixels) {
    byte[] prediction = new byte[pixels];
    for (int i = 0; i < pixels; i++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        if (probabilities.get(offset + c * pixels + i)
            > probabilities.get(offset + best * pixels + i)) {
          best = c;
        }
      }
      prediction[i] = (byte) best;
    }
    return prediction;
  }

  @Override
  public void close() {
    replica.close();
    parameters.close();
  }
}
