package dev.sinter.trainer.prediction;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.dataset.Sample;
import dev.sinter.trainer.data.SplitReader;
import dev.sinter.trainer.evaluation.ClassificationMetrics;
import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Evaluates a classifier on a range of a split; runs on executors. */
final class ClassificationTask {
  private static final int MISTAKES_SHOWN = 12;
  private static final int RIGHT_SHOWN_PER_CLASS = 6;

  private ClassificationTask() {}

  /**
   * What a task returns.
   *
   * @param metrics of all samples
   * @param mistakes the most confident ones
   * @param right of each class
   */
  @DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
  record Part(ClassificationMetrics metrics, ExamplePicker mistakes, List<ExamplePicker> right)
      implements Serializable {

    static Part empty(int classes) {
      return new Part(
          new ClassificationMetrics(classes),
          new ExamplePicker(MISTAKES_SHOWN),
          Stream.generate(() -> new ExamplePicker(RIGHT_SHOWN_PER_CLASS)).limit(classes).toList());
    }

    /** Adds another part and returns this one. */
    Part merge(Part other) {
      metrics.merge(other.metrics);
      mistakes.merge(other.mistakes);
      for (int c = 0; c < right.size(); c++) {
        right.get(c).merge(other.right.get(c));
      }
      return this;
    }

    List<Example> examples() {
      List<Example> examples = new ArrayList<>(mistakes.examples());
      right.forEach(picker -> examples.addAll(picker.examples()));
      return examples;
    }

    private void add(Sample sample, FloatBuffer probabilities, int offset) {
      metrics.add(sample.label(), probabilities, offset);
      int predicted = 0;
      for (int c = 1; c < right.size(); c++) {
        if (probabilities.get(offset + c) > probabilities.get(offset + predicted)) {
          predicted = c;
        }
      }
      float confidence = probabilities.get(offset + predicted);
      boolean hit = predicted == sample.label();
      ExamplePicker picker = hit ? right.get(predicted) : mistakes;
      ExamplePicker.Rank rank = new ExamplePicker.Rank(hit ? 0 : -confidence, sample.id());
      if (sample.isPicture() && picker.wants(rank)) {
        picker.offer(rank, Example.classified(sample, predicted, confidence));
      }
    }
  }

  static Part run(SplitTask task, ShippedModel model) {
    Part part = Part.empty(model.network().spec().classes());
    try (SplitReader samples = reader(task);
        Predictor predictor = new Predictor(model)) {
      predictor.predict(samples, part::add);
    }
    return part;
  }

  static SplitReader reader(SplitTask task) {
    return new SplitReader(
        SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf()),
        task.path(),
        task.dataset(),
        task.split(),
        task.from(),
        task.to());
  }
}
