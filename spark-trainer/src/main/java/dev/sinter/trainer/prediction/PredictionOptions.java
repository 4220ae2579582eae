package dev.sinter.trainer.prediction;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.Serializable;
import java.util.Set;

/**
 * How sources are predicted.
 *
 * @param window what is done with sources larger than the network
 * @param overlap share of a window that lies in the next one too; 0 to below 1
 * @param flips axes along which samples are also predicted flipped, in every combination
 * @param probabilities whether they are written beside the masks
 * @param microBatchSize samples of a forward pass; 0: by their size
 * @param decodeThreads threads of a task that decode ahead of the network
 */
@DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
public record PredictionOptions(
    Window window,
    double overlap,
    Set<Flip> flips,
    Probabilities probabilities,
    int microBatchSize,
    int decodeThreads)
    implements Serializable {

  /** What happens to sources that are larger than the network's input. */
  public enum Window {
    /** A window slides over them where the model's dataset was cut to size. */
    AUTO,
    /** They are cut as the dataset was: what lies outside is background. */
    NONE
  }

  /** Whether the probabilities of all classes are written. */
  public enum Probabilities {
    /** Masks alone. */
    NONE,
    /** A file of its own beside each mask. */
    WRITTEN
  }

  /** What {@code sinter predict} does without options. */
  public static final PredictionOptions DEFAULT =
      new PredictionOptions(Window.AUTO, 0.5, Set.of(), Probabilities.NONE, 0, 1);

  /**
   * Checks the values.
   *
   * @throws SinterException {@code PREDICT_OPTION_INVALID}
   */
  public PredictionOptions {
    flips = Set.copyOf(flips);
    require(overlap >= 0 && overlap <= 0.95, "--overlap is " + overlap, "give 0 to 0.95");
    require(
        microBatchSize >= 0,
        "--micro-batch-size is " + microBatchSize,
        "give a positive number, or 0 for one by the size of the samples");
    require(decodeThreads > 0, "--decode-threads is " + decodeThreads, "give 1 or more");
  }

  private static void require(boolean holds, String problem, String remedy) {
    if (!holds) {
      throw invalid(problem, remedy);
    }
  }

  static SinterException invalid(String problem, String remedy) {
    return new SinterException(ErrorCategory.USAGE, "PREDICT_OPTION_INVALID", problem, remedy);
  }

  /** The same with other samples of a forward pass. */
  PredictionOptions withMicroBatchSize(int samples) {
    return new PredictionOptions(window, overlap, flips, probabilities, samples, decodeThreads);
  }
}
