package dev.sinter.ml;

import dev.sinter.trainer.prediction.TrainedModel;
import java.util.List;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Dataset;

/** The labels of Spark ML behind a dataset's classes: a class is named after its number. */
final class Labels {
  private Labels() {}

  static List<Integer> of(TrainedModel trained) {
    return trained.shipped().dataset().classes().stream().map(Integer::valueOf).toList();
  }

  /** As many as the column's metadata say, or up to the largest that occurs. */
  static int count(Dataset<?> frame, String column, TrainedModel trained) {
    int largest = of(trained).stream().mapToInt(Integer::intValue).max().orElse(0);
    Attribute attribute = Attribute.fromStructField(frame.schema().apply(column));
    int named =
        attribute instanceof NominalAttribute nominal && nominal.getNumValues().isDefined()
            ? (Integer) nominal.getNumValues().get()
            : 0;
    return Math.max(largest + 1, named);
  }
}
