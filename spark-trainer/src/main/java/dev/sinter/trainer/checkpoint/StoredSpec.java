package dev.sinter.trainer.checkpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.util.StdConverter;
import dev.sinter.model.InputShape;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.Skip;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A spec as manifests hold it: every dimension of the input by its name, without those that its
 * kind of input does not have.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record StoredSpec(
    String name,
    int channels,
    Integer steps,
    Integer depth,
    Integer height,
    Integer width,
    int classes,
    String loss,
    Map<String, Object> options,
    long seed,
    List<StoredSkip> skips) {

  /** A skip with the words of the configuration; specs without any have no list of them. */
  record StoredSkip(String from, String to, String merge, String align) {
    static StoredSkip of(Skip skip) {
      return new StoredSkip(skip.from(), skip.to(), skip.merge().key(), skip.align().key());
    }

    Skip skip() {
      return new Skip(
          from,
          to,
          Skip.Merge.byKey(merge).orElseThrow(() -> unknown(merge)),
          Skip.Align.byKey(align).orElseThrow(() -> unknown(align)));
    }

    private static IllegalArgumentException unknown(String word) {
      return new IllegalArgumentException("a skip with \"" + word + "\"");
    }
  }

  /** Makes Jackson go through this record. */
  @JsonSerialize(converter = Writing.class)
  @JsonDeserialize(converter = Reading.class)
  interface Format {}

  static final class Writing extends StdConverter<ModelSpec, StoredSpec> {
    @Override
    public StoredSpec convert(ModelSpec spec) {
      InputShape input = spec.input();
      InputShape.Kind kind = input.kind();
      boolean isSpatial = kind == InputShape.Kind.IMAGE || kind == InputShape.Kind.VOLUME;
      return new StoredSpec(
          spec.name(),
          input.channels(),
          kind == InputShape.Kind.SEQUENCE ? input.steps() : null,
          kind == InputShape.Kind.VOLUME ? input.depth() : null,
          isSpatial ? input.height() : null,
          isSpatial ? input.width() : null,
          spec.classes(),
          spec.loss(),
          spec.options(),
          spec.seed(),
          spec.skips().isEmpty() ? null : spec.skips().stream().map(StoredSkip::of).toList());
    }
  }

  static final class Reading extends StdConverter<StoredSpec, ModelSpec> {
    @Override
    public ModelSpec convert(StoredSpec stored) {
      List<Integer> dimensions = new ArrayList<>(List.of(stored.channels()));
      for (Integer size :
          new Integer[] {stored.steps(), stored.depth(), stored.height(), stored.width()}) {
        if (size != null) {
          dimensions.add(size);
        }
      }
      return new ModelSpec(
          stored.name(),
          new InputShape(dimensions),
          stored.classes(),
          stored.loss(),
          stored.options(),
          stored.seed(),
          stored.skips() == null
              ? List.of()
              : stored.skips().stream().map(StoredSkip::skip).toList());
    }
  }
}
