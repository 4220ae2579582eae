package dev.sinter.trainer.evaluation;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.dataset.Task;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Collects segmented volumes. Merging in any order gives the same result.
 *
 * <p>Dice and IoU need counts alone, so a volume's slices may come from several tasks through
 * {@link #addSlice}; hd95 needs the volume as a whole through {@link #addVolume}. Not thread-safe;
 * shipped from executors to the driver.
 */
@DefaultSerializer(JavaSerializer.class) // its fields are classes that nobody registers
public final class SegmentationMetrics implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final class Volume implements Serializable {
    private static final long serialVersionUID = 1L;

    final long[] both;
    final long[] truth;
    final long[] prediction;
    // NaN where undefined; null where the volume was never seen as a whole.
    double[] hd95;
    long slices;

    Volume(int classes) {
      both = new long[classes];
      truth = new long[classes];
      prediction = new long[classes];
    }
  }

  private final int classes;
  // Sorted: means add up in the same order however volumes came in.
  private final TreeMap<String, Volume> volumes = new TreeMap<>();

  /** Collects for a number of classes, the background included. */
  public SegmentationMetrics(int classes) {
    if (classes < 2 || classes > 256) {
      throw new IllegalArgumentException(classes + " classes");
    }
    this.classes = classes;
  }

  /**
   * Adds a slice, class index per pixel, without hd95.
   *
   * @throws SinterException {@code LABEL_OUT_OF_RANGE}
   */
  public void addSlice(String volume, byte[] truth, byte[] prediction) {
    Volume counts = counts(volume);
    count(counts, truth, prediction);
    counts.slices++;
  }

  /**
   * Adds a whole volume, with hd95.
   *
   * @throws SinterException {@code LABEL_OUT_OF_RANGE}
   */
  public void addVolume(VolumeLabels labels) {
    byte[] truth = labels.dense(VolumeLabels.Side.TRUTH);
    byte[] prediction = labels.dense(VolumeLabels.Side.PREDICTION);
    Volume counts = counts(labels.volume());
    count(counts, truth, prediction);
    counts.slices += labels.slices();
    counts.hd95 = new double[classes];
    SurfaceDistance distance =
        new SurfaceDistance(labels.depth(), labels.height(), labels.width(), labels.spacing());
    for (int c = 0; c < classes; c++) {
      boolean defined = counts.truth[c] > 0 && counts.prediction[c] > 0;
      counts.hd95[c] = defined ? distance.percentile95(truth, prediction, c) : Double.NaN;
    }
  }

  /**
   * Adds slices of a volume, or parts of them that no other one holds, without hd95. What is not
   * given counts as background, so its figures are not to be used.
   *
   * @throws SinterException {@code LABEL_OUT_OF_RANGE}
   */
  public void addPart(VolumeLabels labels) {
    Volume counts = counts(labels.volume());
    count(
        counts, labels.dense(VolumeLabels.Side.TRUTH), labels.dense(VolumeLabels.Side.PREDICTION));
    counts.slices += labels.slices();
  }

  /** Adds all of another collection and returns this one. */
  public SegmentationMetrics merge(SegmentationMetrics other) {
    if (other.classes != classes) {
      throw new IllegalArgumentException(other.classes + " classes merged into " + classes);
    }
    other.volumes.forEach(
        (volume, added) -> {
          Volume counts = counts(volume);
          for (int c = 0; c < classes; c++) {
            counts.both[c] += added.both[c];
            counts.truth[c] += added.truth[c];
            counts.prediction[c] += added.prediction[c];
          }
          counts.slices += added.slices;
          counts.hd95 = added.hd95 == null ? counts.hd95 : added.hd95.clone();
        });
    return this;
  }

  /** Mean Dice over the foreground classes of each volume, by volume; NaN where none is present. */
  public Map<String, Double> foregroundDice() {
    Map<String, Double> dice = new TreeMap<>();
    volumes.forEach(
        (name, volume) ->
            dice.put(
                name,
                Means.ofDefined(
                    IntStream.range(1, classes)
                        .mapToDouble(
                            c ->
                                2.0 * volume.both[c] / (volume.truth[c] + volume.prediction[c])))));
    return dice;
  }

  /** Dice of each class, by volume; NaN where the class is in neither truth nor prediction. */
  Map<String, double[]> diceByClass() {
    Map<String, double[]> dice = new TreeMap<>();
    volumes.forEach(
        (name, volume) ->
            dice.put(
                name,
                IntStream.range(0, classes)
                    .mapToDouble(
                        c -> 2.0 * volume.both[c] / (volume.truth[c] + volume.prediction[c]))
                    .toArray()));
    return dice;
  }

  /**
   * All measures.
   *
   * @param split the split that was evaluated
   * @param patients its patients
   * @param names of the classes, in order of the index
   */
  public SegmentationResult result(String split, long patients, List<String> names) {
    if (names.size() != classes) {
      throw new IllegalArgumentException(names.size() + " names of " + classes + " classes");
    }
    List<Double> dice = new ArrayList<>();
    List<Double> iou = new ArrayList<>();
    List<Double> hd95 = new ArrayList<>();
    List<Long> skipped = new ArrayList<>();
    for (int index = 0; index < classes; index++) {
      int c = index;
      dice.add(mean(v -> 2.0 * v.both[c] / (v.truth[c] + v.prediction[c])));
      iou.add(mean(v -> (double) v.both[c] / (v.truth[c] + v.prediction[c] - v.both[c])));
      hd95.add(mean(v -> v.hd95 == null ? Double.NaN : v.hd95[c]));
      skipped.add(
          volumes.values().stream()
              .filter(v -> v.hd95 != null && (v.truth[c] > 0) != (v.prediction[c] > 0))
              .count());
    }
    return new SegmentationResult(
        Task.SEGMENTATION.key(),
        split,
        volumes.values().stream().mapToLong(v -> v.slices).sum(),
        volumes.size(),
        patients,
        List.copyOf(names),
        SegmentationResult.ClassMeans.of(dice),
        SegmentationResult.ClassMeans.of(iou),
        SegmentationResult.ClassMeans.of(hd95),
        List.copyOf(skipped));
  }

  // A class that a volume lacks in truth and prediction gives 0 / 0, NaN, and is skipped.
  private double mean(ToDoubleFunction<Volume> measure) {
    return Means.ofDefined(volumes.values().stream().mapToDouble(measure));
  }

  private Volume counts(String volume) {
    return volumes.computeIfAbsent(volume, id -> new Volume(classes));
  }

  private void count(Volume counts, byte[] truth, byte[] prediction) {
    if (truth.length != prediction.length) {
      throw new IllegalArgumentException(truth.length + " and " + prediction.length + " pixels");
    }
    for (int i = 0; i < truth.length; i++) {
      int t = checked(truth[i] & 0xff);
      int p = checked(prediction[i] & 0xff);
      counts.truth[t]++;
      counts.prediction[p]++;
      if (t == p) {
        counts.both[t]++;
      }
    }
  }

  private int checked(int index) {
    if (index >= classes) {
      throw new SinterException(
          ErrorCategory.DATA,
          "LABEL_OUT_OF_RANGE",
          "A mask has class " + index + ", the model knows " + classes + " classes.",
          "Evaluate on a dataset with the classes that the model was trained on.");
    }
    return index;
  }
}
