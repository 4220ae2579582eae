package dev.sinter.trainer.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;

/**
 * That a version became champion.
 *
 * @param formatVersion version of this file
 * @param number in order; the highest one counts
 * @param version that is champion from then on
 * @param by what made it so
 * @param attempt of a retraining; 0 otherwise
 * @param at time, UTC
 */
public record Promotion(
    int formatVersion, long number, String version, String by, int attempt, String at) {
  /** The version of the file that this code writes and reads. */
  public static final int FORMAT_VERSION = 1;

  /** By the decision of a retraining. */
  public static final String BY_RETRAINING = "retrain";

  /** By a person. */
  public static final String BY_HAND = "promote";

  /** By a person, back to the champion before. */
  public static final String BY_ROLLBACK = "rollback";

  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  boolean isRollback() {
    return by.equals(BY_ROLLBACK);
  }

  String toJson() {
    try {
      return JSON.writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads, unless the text is not whole. */
  static Optional<Promotion> fromJson(String json) {
    try {
      return Optional.of(JSON.readValue(json, Promotion.class))
          .filter(promotion -> promotion.version != null && promotion.by != null);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
