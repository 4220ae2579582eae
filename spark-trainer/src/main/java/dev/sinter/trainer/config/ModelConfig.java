package dev.sinter.trainer.config;

import dev.sinter.error.NearestWord;
import dev.sinter.error.SinterException;
import dev.sinter.model.InputShape;
import dev.sinter.model.ModelCard;
import dev.sinter.model.ModelOption;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.NetworkParts;
import dev.sinter.model.Skip;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The keys under {@code model}.
 *
 * @param name registered variant
 * @param options options of its family, checked by the registry
 * @param configuration file of a network that is not registered
 * @param pretrained weights that the run starts from, in place of random ones
 * @param skips added to the network
 * @param freeze what of it does not train, and until when
 */
public record ModelConfig(
    String name,
    Map<String, Object> options,
    Optional<String> configuration,
    Optional<String> pretrained,
    List<Skip> skips,
    FreezeConfig freeze) {
  /** Images of the dataset may have other sizes than the default: said when they are known. */
  private static final Set<String> SIZE_DECIDES = Set.of("SKIP_SHAPES_DIFFER");

  static ModelConfig read(ConfigSection section, DataConfig data) {
    ModelConfig model =
        new ModelConfig(
            section.required("name", "a name that `sinter models` lists"),
            section.scalars("options"),
            section.optionalUri("configuration"),
            section.optionalUri("pretrained"),
            section.sections("skips").stream().map(ModelConfig::skip).toList(),
            FreezeConfig.read(section));
    section.reportUnknownKeys();
    if (!model.name.isEmpty()) {
      model.check(section, data);
    }
    return model;
  }

  /** Its shapes are checked when the file and the dataset are read. */
  private void checkOwn(ConfigSection section) {
    if (ModelRegistry.names().contains(name)) {
      section.problem(
          "name", "is registered; give the network of model.configuration another name");
    }
    if (!options.isEmpty()) {
      section.problem("options", "are for registered networks, not for model.configuration");
    }
    if (!skips.isEmpty()) {
      section.problem("skips", "are for registered networks, not for model.configuration");
    }
  }

  private void checkSample(ConfigSection section, InputShape.Kind takes, SamplingConfig sampling) {
    InputShape.Kind fed = sampling.kind().map(SampleKinds::inputOf).orElse(InputShape.Kind.IMAGE);
    if (takes != fed) {
      section.problem(
          "name",
          name
              + " takes "
              + takes.plural()
              + " ("
              + takes.axes()
              + "), but data.sample is "
              + sampling.sampling().kind()
              + "; it is fed with "
              + String.join(" or ", SampleKinds.fedTo(takes)));
    }
  }

  private static Skip skip(ConfigSection section) {
    String merge = section.oneOf("merge", Skip.Merge.ADD.key(), Skip.Merge.keys());
    String align = section.oneOf("align", Skip.Align.AUTO.key(), Skip.Align.keys());
    Skip skip =
        new Skip(
            section.required("from", "the vertex at which it begins"),
            section.required("to", "the vertex that it joins"),
            Skip.Merge.byKey(merge).orElseThrow(),
            Skip.Align.byKey(align).orElseThrow());
    section.reportUnknownKeys();
    return skip;
  }

  /**
   * The parts of the network, at its default size; nothing if there is no such network.
   *
   * @param problems receives what is wrong with the skips
   */
  Optional<NetworkParts> parts(String loss, List<ConfigProblem> problems) {
    if (configuration.isPresent()) {
      return Optional.empty(); // it is read when the run starts
    }
    if (skips.stream().anyMatch(skip -> skip.from().isEmpty() || skip.to().isEmpty())) {
      return Optional.empty(); // reported as missing
    }
    try {
      ModelCard card = ModelRegistry.card(name);
      return Optional.of(
          ModelRegistry.parts(
              new ModelSpec(name, card.inputShape(), card.classes(), loss, options, 0, skips)));
    } catch (SinterException e) {
      if (e.code().startsWith("SKIP_") && !SIZE_DECIDES.contains(e.code())) {
        problems.add(new ConfigProblem("model.skips", e.getMessage() + "; " + e.remedy()));
      }
      return Optional.empty(); // others are reported where the name and the options are checked
    }
  }

  private void check(ConfigSection section, DataConfig data) {
    if (configuration.isPresent()) {
      checkOwn(section);
      return;
    }
    if (!ModelRegistry.names().contains(name)) {
      section.problem(
          "name",
          "there is no model '"
              + name
              + "'"
              + NearestWord.of(name, ModelRegistry.names())
                  .map(near -> "; did you mean '" + near + "'?")
                  .orElse("; there are " + String.join(", ", ModelRegistry.names())));
      return;
    }
    ModelCard card = ModelRegistry.card(name);
    if (!card.task().equals(data.task())) {
      section.problem(
          "name", name + " is for " + card.task() + ", but data.task is " + data.task());
    }
    checkSample(section, card.inputShape().kind(), data.sampling());
    Map<String, ModelOption> known =
        card.options().stream().collect(Collectors.toMap(ModelOption::name, option -> option));
    options.forEach(
        (key, value) -> {
          ModelOption option = known.get(key);
          if (option == null) {
            section.problem(
                "options." + key,
                "is not an option of "
                    + name
                    + "; its options are "
                    + String.join(", ", new TreeSet<>(known.keySet())));
          } else if (option.parse(value).isEmpty()) {
            section.problem("options." + key, "'" + value + "' is not " + option.legalValues());
          }
        });
  }
}
