package dev.sinter.trainer.prediction;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.trainer.data.SplitReader;
import dev.sinter.trainer.evaluation.ScoredImage;
import dev.sinter.trainer.evaluation.SegmentationMetrics;
import dev.sinter.trainer.evaluation.VolumeLabels;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Scores a range of a split so that every score knows its patient; runs on executors. */
final class PatientScoring {
  private PatientScoring() {}

  /** What a task returns of a classifier. */
  @DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
  record Images(List<ScoredImage> images) implements Serializable {}

  /**
   * What a task returns of a segmenter.
   *
   * @param metrics counts of the volumes, or the parts of them, in its range
   * @param patients by volume
   */
  @DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
  record Volumes(SegmentationMetrics metrics, TreeMap<String, String> patients)
      implements Serializable {
    /** Adds another part and returns this one. */
    Volumes merge(Volumes other) {
      metrics.merge(other.metrics);
      patients.putAll(other.patients);
      return this;
    }
  }

  static Images images(SplitTask task, ShippedModel model) {
    int classes = model.network().spec().classes();
    List<ScoredImage> images = new ArrayList<>();
    try (SplitReader samples = ClassificationTask.reader(task);
        Predictor predictor = new Predictor(model)) {
      predictor.predict(
          samples,
          (sample, probabilities, offset) -> {
            float[] ofSample = new float[classes];
            for (int c = 0; c < classes; c++) {
              ofSample[c] = probabilities.get(offset + c);
            }
            images.add(new ScoredImage(sample.id(), sample.patient(), sample.label(), ofSample));
          });
    }
    return new Images(images);
  }

  static Volumes volumes(SplitTask task, ShippedModel model) {
    int classes = model.network().spec().classes();
    Map<String, VolumeLabels> labels = new LinkedHashMap<>();
    TreeMap<String, String> patients = new TreeMap<>();
    try (SplitReader samples = ClassificationTask.reader(task);
        Predictor predictor = new Predictor(model)) {
      predictor.predict(
          samples,
          (sample, probabilities, offset) -> {
            patients.put(sample.volume(), sample.patient());
            SegmentationTask.add(
                labels.computeIfAbsent(
                    sample.volume(), volume -> SegmentationTask.labelsOf(sample)),
                sample,
                Predictor.mostProbable(probabilities, offset, classes, sample.positions()),
                model.dataset().preparation());
          });
    }
    SegmentationMetrics metrics = new SegmentationMetrics(classes);
    labels.values().forEach(metrics::addPart);
    return new Volumes(metrics, patients);
  }
}
