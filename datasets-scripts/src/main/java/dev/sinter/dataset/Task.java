package dev.sinter.dataset;

/** What is learnt from a collection. */
public enum Task {
  /** One class per image. */
  CLASSIFICATION("classification"),
  /** One class per pixel. */
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
