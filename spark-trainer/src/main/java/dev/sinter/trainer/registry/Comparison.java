package dev.sinter.trainer.registry;

/**
 * Champion and challenger on the same patients.
 *
 * @param metric measure
 * @param champion its score
 * @param challenger its score
 * @param difference challenger minus champion
 * @param low lower end of the confidence interval of the difference
 * @param high upper end
 * @param confidence of the interval
 * @param margin by how much the challenger may be worse
 * @param resamples draws of patients on which both scores are defined
 * @param seed of the draws
 * @param patients of the test split
 * @param samples of the test split
 */
public record Comparison(
    String metric,
    double champion,
    double challenger,
    double difference,
    double low,
    double high,
    double confidence,
    double margin,
    int resamples,
    long seed,
    long patients,
    long samples) {
  /** Whether the challenger takes the champion's place. */
  public boolean promotes() {
    return difference >= 0 && low > -margin;
  }
}
