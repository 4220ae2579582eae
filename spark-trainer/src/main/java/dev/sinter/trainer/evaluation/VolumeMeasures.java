package dev.sinter.trainer.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The Dice of {@link SegmentationMetrics}, of any draw of patients. */
public final class VolumeMeasures implements PatientMeasure {
  /** Mean over the foreground classes, as {@code retrain.metric} has it. */
  public static final String DICE = "dice";

  private final List<String> patients;
  private final int[] owners;

  /** Of each volume and class; NaN where it is in neither truth nor prediction. */
  private final double[][] dice;

  private final int classes;

  private VolumeMeasures(Map<String, double[]> diceOfVolumes, Map<String, String> patientOfVolume) {
    patients = List.copyOf(new TreeSet<>(patientOfVolume.values()));
    List<Integer> owner = new ArrayList<>();
    List<double[]> values = new ArrayList<>();
    diceOfVolumes.forEach(
        (volume, ofVolume) -> {
          owner.add(Collections.binarySearch(patients, patientOfVolume.get(volume)));
          values.add(ofVolume);
        });
    owners = owner.stream().mapToInt(Integer::intValue).toArray();
    dice = values.toArray(double[][]::new);
    classes = dice.length == 0 ? 0 : dice[0].length;
  }

  /**
   * All measures by name.
   *
   * @param metrics counts of every volume
   * @param patientOfVolume by volume
   */
  public static Map<String, PatientMeasure> of(
      SegmentationMetrics metrics, Map<String, String> patientOfVolume) {
    return Map.of(DICE, new VolumeMeasures(metrics.diceByClass(), patientOfVolume));
  }

  @Override
  public List<String> patients() {
    return patients;
  }

  @Override
  public double of(int[] times) {
    return Means.ofDefined(IntStream.range(1, classes).mapToDouble(c -> mean(c, times)));
  }

  private double mean(int foreground, int[] times) {
    double sum = 0;
    long drawn = 0;
    for (int v = 0; v < dice.length; v++) {
      if (!Double.isNaN(dice[v][foreground])) {
        sum += times[owners[v]] * dice[v][foreground];
        drawn += times[owners[v]];
      }
    }
    return sum / drawn;
  }
}
