package dev.sinter.trainer.report;

import java.util.List;

/**
 * The network.
 *
 * @param trainable trainable parameters, frozen ones included
 * @param frozen those of them that did not change in this run
 * @param inputShape such as {@code 1 x 64 x 64}
 * @param stages in the order of the forward pass
 */
public record ModelSection(long trainable, long frozen, String inputShape, List<Stage> stages) {

  /**
   * A stage of the network.
   *
   * @param name speaking name, such as {@code stage3}
   * @param layers number of layers with parameters
   * @param outputShape such as {@code 128 x 8 x 8}
   * @param parameters trainable parameters
   */
  public record Stage(String name, int layers, String outputShape, long parameters) {}

  /** Copies the list. */
  public ModelSection {
    stages = List.copyOf(stages);
  }
}
