package dev.sinter.dataset;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.List;

/**
 * How stored values become network inputs: (value - mean) / std.
 *
 * @param kind where mean and std come from
 * @param mean per channel, over the train split; empty for {@link Kind#SOURCE}
 * @param std per channel, over the train split; empty for {@link Kind#SOURCE}
 */
public record Normalization(Kind kind, List<Float> mean, List<Float> std) implements Serializable {

  /** Where mean and standard deviation come from. */
  public enum Kind {
    /** One mean and std per channel for the whole dataset. */
    @JsonProperty("dataset")
    DATASET,
    /** Each source's own: {@link Sample#intensityMean()} and {@link Sample#intensityStd()}. */
    @JsonProperty("source")
    SOURCE
  }
}
