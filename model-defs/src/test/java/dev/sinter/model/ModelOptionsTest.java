package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every option of every network. */
class ModelOptionsTest {

  static List<String> names() {
    return ModelRegistry.names();
  }

  /** The first and the last legal number are legal, the ones beyond and other words are not. */
  @ParameterizedTest
  @MethodSource("names")
  void refusesWhatIsNotLegalAndNamesWhatIs(String name) {
    for (ModelOption option : ModelRegistry.card(name).options()) {
      for (Object value : illegal(option)) {
        SinterException thrown =
            catchThrowableOfType(
                SinterException.class, () -> json(name, Map.of(option.name(), value)));
        assertThat(thrown).as("%s %s", option.name(), value).isNotNull();
        assertThat(thrown.code()).isEqualTo("MODEL_OPTION_INVALID");
        assertThat(thrown.category()).isEqualTo(ErrorCategory.USAGE);
        assertThat(thrown)
            .hasMessage("model.options." + option.name() + " of " + name + " is \"" + value + "\"");
        assertThat(thrown.remedy())
            .isEqualTo("Set model.options." + option.name() + " to " + option.legalValues() + ".");
      }
    }
  }

  private static List<Object> illegal(ModelOption option) {
    List<Object> illegal = new ArrayList<>(List.of("", "other", "-0.5"));
    if (option instanceof ModelOption.WholeNumber number) {
      illegal.addAll(List.of(number.minimum() - 1, number.maximum() + 1, "NaN"));
      assertThat(option.parse(number.minimum())).isPresent();
      assertThat(option.parse(number.maximum())).isPresent();
    } else if (option instanceof ModelOption.Fraction fraction) {
      illegal.addAll(List.of(fraction.maximum() + 0.001, "NaN", "Infinity"));
      assertThat(option.parse(0)).isPresent();
      assertThat(option.parse(fraction.maximum())).isPresent();
    }
    return illegal;
  }

  /** A combination that has no effect would have to be refused. */
  @ParameterizedTest
  @MethodSource("names")
  void noOptionIsIdleBesideAnother(String name) {
    List<ModelOption> options = ModelRegistry.card(name).options();
    Map<Map<String, Object>, Optional<String>> networks = new HashMap<>();
    for (ModelOption one : options) {
      for (ModelOption other : options) {
        if (one == other) {
          continue;
        }
        Map<String, Object> alone = Map.of(one.name(), another(one));
        Map<String, Object> both = Map.of(one.name(), another(one), other.name(), another(other));
        Optional<String> without =
            networks.computeIfAbsent(alone, each -> Optional.of(json(name, each)));
        Optional<String> with = networks.computeIfAbsent(both, each -> ifLegal(name, each));
        with.ifPresent(
            json -> assertThat(json.equals(without.orElseThrow())).as("%s", both).isFalse());
      }
    }
  }

  /** Nothing for a combination that is refused as such. */
  private static Optional<String> ifLegal(String name, Map<String, Object> options) {
    try {
      return Optional.of(json(name, options));
    } catch (SinterException e) {
      assertThat(e.code()).isEqualTo("MODEL_OPTION_INVALID");
      assertThat(options.keySet())
          .allSatisfy(option -> assertThat(e.getMessage()).contains(option));
      return Optional.empty();
    }
  }

  /** A legal value that is not the default. */
  private static Object another(ModelOption option) {
    if (option instanceof ModelOption.Choice choice) {
      return choice.choices().stream()
          .filter(word -> !word.equals(choice.defaultValue()))
          .findFirst()
          .orElseThrow();
    }
    if (option instanceof ModelOption.WholeNumber number) {
      return number.defaultNumber() == number.minimum() ? number.minimum() + 1 : number.minimum();
    }
    ModelOption.Fraction fraction = (ModelOption.Fraction) option;
    return fraction.defaultNumber() == 0.25 ? 0.5 : 0.25;
  }

  private static String json(String name, Map<String, Object> options) {
    InputShape input = ModelRegistry.card(name).inputShape();
    return ModelRegistry.configuration(new ModelSpec(name, input, 5, "cross-entropy", options, 1))
        .toJson();
  }
}
