package dev.sinter.trainer.prediction;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.trainer.data.SplitReader;
import dev.sinter.trainer.evaluation.ClassificationMetrics;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Evaluates a classifier on a range of a split; runs on executors. */
final class ClassificationTask {
  private static final int MISTAKES_SHOWN = 12;
  private static final int RIGHT_SHOWN_PER_CLASS = 6;

  private ClassificationTask() {}

  /** What a task returns. */
  @DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
  record Part(ClassificationMetrics metrics, List<Example> examples) implements Serializable {}

  static Part run(SplitTask task, ShippedModel model) {
    int classes = model.network().spec().classes();
    ClassificationMetrics metrics = new ClassificationMetrics(classes);
    int[] shown = new int[classes];
    List<Example> examples = new ArrayList<>();
    int[] mistakes = {0};
    try (SplitReader samples = reader(task);
        Predictor predictor = new Predictor(model)) {
      predictor.predict(
          samples,
          (sample, probabilities, offset) -> {
            metrics.add(sample.label(), probabilities, offset);
            int predicted = 0;
            for (int c = 1; c < classes; c++) {
              if (probabilities.get(offset + c) > probabilities.get(offset + predicted)) {
                predicted = c;
              }
            }
            boolean right = predicted == sample.label();
            if (right
                ? shown[predicted]++ < RIGHT_SHOWN_PER_CLASS
                : mistakes[0]++ < MISTAKES_SHOWN) {
              examples.add(
                  Example.classified(sample, predicted, probabilities.get(offset + predicted)));
            }
          });
    }
    return new Part(metrics, examples);
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
