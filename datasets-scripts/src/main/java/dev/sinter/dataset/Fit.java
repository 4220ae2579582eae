package dev.sinter.dataset;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How an image is brought to the dataset's size. */
public enum Fit {
  /** Scaled to the size, both axes on their own. */
  @JsonProperty("resize")
  RESIZE,
  /** Placed in the centre with a margin around it; what is larger is cut at the centre. */
  @JsonProperty("pad")
  PAD
}
