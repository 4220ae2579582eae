package dev.sinter.trainer.evaluation;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The measures of {@link ClassificationMetrics}, of any draw of patients. */
public final class ImageMeasures {
  /** Names of the measures, as {@code retrain.metric} has them. */
  public static final String ACCURACY = "accuracy";

  /** Mean sensitivity over the classes that occur. */
  public static final String BALANCED_ACCURACY = "balanced-accuracy";

  /** Macro one-vs-rest. */
  public static final String AUROC = "auroc";

  private final int classes;
  private final List<ScoredImage> images;
  private final List<String> patients;

  /** Of each image, the index of its patient. */
  private final int[] owners;

  private ImageMeasures(List<ScoredImage> scored, int classes) {
    this.classes = classes;
    this.images =
        scored.stream()
            .sorted(Comparator.comparing(ScoredImage::patient).thenComparing(ScoredImage::sample))
            .toList();
    this.patients = images.stream().map(ScoredImage::patient).distinct().toList();
    this.owners = new int[images.size()];
    for (int i = 1; i < owners.length; i++) {
      boolean same = images.get(i).patient().equals(images.get(i - 1).patient());
      owners[i] = owners[i - 1] + (same ? 0 : 1);
    }
  }

  /** All measures by name. */
  public static Map<String, PatientMeasure> of(List<ScoredImage> scored, int classes) {
    ImageMeasures measures = new ImageMeasures(scored, classes);
    Map<String, PatientMeasure> byName = new LinkedHashMap<>();
    byName.put(ACCURACY, measures.new Accuracy());
    byName.put(BALANCED_ACCURACY, measures.new BalancedAccuracy());
    byName.put(AUROC, measures.new AreasUnderCurves());
    return byName;
  }

  /** Images of each class, and those of them that were found, by patient: the rest follows. */
  private long[][] counts(int[] times, Found found) {
    long[][] counts = new long[2][classes];
    for (int i = 0; i < owners.length; i++) {
      int truth = images.get(i).truth();
      counts[0][truth] += times[owners[i]];
      counts[1][truth] += found.right[i] ? times[owners[i]] : 0;
    }
    return counts;
  }

  /** Whether the most probable class, the first of equals, is the true one. */
  private final class Found {
    private final boolean[] right = new boolean[images.size()];

    private Found() {
      for (int i = 0; i < right.length; i++) {
        float[] probabilities = images.get(i).probabilities();
        int best = 0;
        for (int c = 1; c < classes; c++) {
          best = probabilities[c] > probabilities[best] ? c : best;
        }
        right[i] = best == images.get(i).truth();
      }
    }
  }

  private abstract class OfImages implements PatientMeasure {
    @Override
    public List<String> patients() {
      return patients;
    }
  }

  private final class Accuracy extends OfImages {
    private final Found found = new Found();

    @Override
    public double of(int[] times) {
      long[][] counts = counts(times, found);
      return (double) IntStream.range(0, classes).mapToLong(c -> counts[1][c]).sum()
          / IntStream.range(0, classes).mapToLong(c -> counts[0][c]).sum();
    }
  }

  private final class BalancedAccuracy extends OfImages {
    private final Found found = new Found();

    @Override
    public double of(int[] times) {
      long[][] counts = counts(times, found);
      return Means.ofDefined(
          IntStream.range(0, classes).mapToDouble(c -> (double) counts[1][c] / counts[0][c]));
    }
  }

  private final class AreasUnderCurves extends OfImages {
    /** Of each class that is ranked, the images by its probability, the lowest first. */
    private final int[][] ranked;

    private AreasUnderCurves() {
      // With two classes the one is the other's complement.
      ranked =
          IntStream.range(classes == 2 ? 1 : 0, classes)
              .mapToObj(
                  c ->
                      IntStream.range(0, owners.length)
                          .boxed()
                          .sorted(Comparator.comparingDouble(i -> probability(i, c)))
                          .mapToInt(Integer::intValue)
                          .toArray())
              .toArray(int[][]::new);
    }

    private float probability(int image, int positive) {
      return images.get(image).probabilities()[positive] + 0f; // makes -0 a 0
    }

    @Override
    public double of(int[] times) {
      int first = classes - ranked.length;
      return Means.ofDefined(
          IntStream.range(0, ranked.length).mapToDouble(i -> area(ranked[i], first + i, times)));
    }

    private double area(int[] order, int positive, int[] times) {
      double above = 0;
      long positives = 0;
      long negatives = 0;
      for (int from = 0; from < order.length; ) {
        float score = probability(order[from], positive);
        long tiedPositives = 0;
        long tiedNegatives = 0;
        for (; from < order.length && probability(order[from], positive) == score; from++) {
          int drawn = times[owners[order[from]]];
          if (images.get(order[from]).truth() == positive) {
            tiedPositives += drawn;
          } else {
            tiedNegatives += drawn;
          }
        }
        above += tiedPositives * (negatives + tiedNegatives / 2.0);
        positives += tiedPositives;
        negatives += tiedNegatives;
      }
      return above / ((double) positives * negatives); // 0 / 0 without either
    }
  }
}
