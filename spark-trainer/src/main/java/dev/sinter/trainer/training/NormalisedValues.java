package dev.sinter.trainer.training;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.LayerTable;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.engine.Network;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;

/**
 * Checks that every batch normalisation sees at least two values per channel: the variance of one
 * is undefined.
 */
final class NormalisedValues {
  private NormalisedValues() {}

  /**
   * Checks a network for a micro-batch size.
   *
   * @throws SinterException {@code MICRO_BATCH_TOO_SMALL}, naming the layer
   */
  static void require(Network network, int microBatchSize) {
    ModelSpec spec = network.spec();
    for (LayerTable.Row row : LayerTable.of(network.configuration(), spec.input()).rows()) {
      long values =
          row.outputShape().stream().skip(1).reduce((long) microBatchSize, (a, b) -> a * b);
      if (row.type().equals(BatchNormalization.class.getSimpleName()) && values < 2) {
        throw new SinterException(
            ErrorCategory.USAGE,
            "MICRO_BATCH_TOO_SMALL",
            "with train.micro-batch-size "
                + microBatchSize
                + ", "
                + row.vertex()
                + " normalises over a single value, whose variance is undefined",
            "set train.micro-batch-size to 2 or more, or use larger images");
      }
    }
  }
}
