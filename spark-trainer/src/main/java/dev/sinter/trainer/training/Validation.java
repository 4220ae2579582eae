package dev.sinter.trainer.training;

import dev.sinter.dataset.Normalization;
import dev.sinter.model.InputShape;
import dev.sinter.trainer.data.BatchAssembler;
import dev.sinter.trainer.data.SampleCache;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.Replica;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Scores one worker's share of the val split, on all of its lane slots. */
final class Validation {
  private final SampleCache samples;
  private final InputShape shape;
  private final Normalization normalization;
  private final int classes;
  private final List<Buffers> buffers = new ArrayList<>();

  private record Buffers(BatchAssembler assembler, Batch batch, FloatBuffer probabilities) {}

  Validation(
      SampleCache samples,
      InputShape shape,
      Normalization normalization,
      int classes,
      int batchSize,
      int slots) {
    this.samples = samples;
    this.shape = shape;
    this.normalization = normalization;
    this.classes = classes;
    for (int slot = 0; slot < slots && samples.size() > 0; slot++) {
      buffers.add(allocate(batchSize));
    }
  }

  private Buffers allocate(int batchSize) {
    Batch batch = Batch.of(batchSize, shape.dimensions(), samples.labels());
    int outputs = batchSize * classes * (samples.masked() ? samples.positions() : 1);
    return new Buffers(
        BatchAssembler.withoutAugmentation(samples, normalization),
        batch,
        ByteBuffer.allocateDirect(outputs * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer());
  }

  /** Predicts and scores all samples of this worker. */
  ValidationScores.Part run(LaneSlots slots) {
    double[][] rows = new double[samples.size()][];
    if (samples.size() > 0) {
      slots.runOnAll((slot, replica) -> score(slot, slots.count(), replica, rows));
    }
    return new ValidationScores.Part(
        samples.firstIndex(), samples.masked() ? volumes() : List.of(), Arrays.asList(rows));
  }

  private void score(int slot, int slotCount, Replica replica, double[][] rows) {
    Buffers own = buffers.get(slot);
    replica.parametersChanged();
    int size = own.batch().samples();
    for (int first = slot * size; first < rows.length; first += slotCount * size) {
      int filled = own.assembler().fillConsecutive(samples.firstIndex() + first, own.batch());
      replica.predict(own.batch(), own.probabilities());
      for (int i = 0; i < filled; i++) {
        rows[first + i] =
            samples.masked()
                ? ValidationScores.ofSegmentation(
                    own.probabilities(), own.batch().labels(), i, classes, samples.positions())
                : ValidationScores.ofClassification(
                    own.probabilities(), i * classes, classes, own.batch().labels().get(i));
      }
    }
  }

  private List<String> volumes() {
    List<String> volumes = new ArrayList<>(samples.size());
    for (int i = 0; i < samples.size(); i++) {
      volumes.add(samples.place(samples.firstIndex() + i).volume());
    }
    return volumes;
  }
}
