package dev.sinter.trainer.config;

import dev.sinter.dataset.SampleKind;
import dev.sinter.model.InputShape;
import java.util.Arrays;
import java.util.List;

/** Which samples a network can be fed with. */
public final class SampleKinds {
  private SampleKinds() {}

  /** What a network takes that is fed with samples of a kind. */
  static InputShape.Kind inputOf(SampleKind kind) {
    return switch (kind) {
      case IMAGE, SLICE -> InputShape.Kind.IMAGE;
      case VOLUME, PATCH -> InputShape.Kind.VOLUME;
      case SEQUENCE -> InputShape.Kind.SEQUENCE;
      case ROW -> InputShape.Kind.ROW;
    };
  }

  /** Words of {@code data.sample} whose samples a network takes. */
  public static List<String> fedTo(InputShape.Kind input) {
    return Arrays.stream(SampleKind.values())
        .filter(kind -> inputOf(kind) == input)
        .map(SampleKind::key)
        .toList();
  }
}
