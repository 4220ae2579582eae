package dev.sinter.dataset;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What is learnt from a collection. */
public enum Task {
  /** One class per image. */
  @JsonProperty("classification")
  CLASSIFICATION("classification"),
  /** One class per pixel. */
  @JsonProperty("segmentation")
  SEGMENTATION("segmentation");

  private final String key;

  Task(String key) {
    this.key = key;
  }

  /** The word in configurations and files. */
  public String key() {
    return key;
  }
}
