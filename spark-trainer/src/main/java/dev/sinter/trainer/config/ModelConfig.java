package dev.sinter.trainer.config;

import java.util.Map;

/**
 * The keys under {@code model}.
 *
 * @param name registered variant
 * @param options options of its family, checked by the registry
 */
public record ModelConfig(String name, Map<String, Object> options) {
  static ModelConfig read(ConfigSection section) {
    ModelConfig model =
        new ModelConfig(
            section.required("name", "a name that `sinter models` lists"),
            section.scalars("options"));
    section.reportUnknownKeys();
    return model;
  }
}
