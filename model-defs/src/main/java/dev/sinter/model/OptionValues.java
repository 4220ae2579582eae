package dev.sinter.model;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The options of one network, checked and with every default filled in. */
record OptionValues(Map<String, Object> values) {

  /**
   * Checks what the user gave against what the network offers.
   *
   * @throws SinterException {@code MODEL_OPTION_UNKNOWN} or {@code MODEL_OPTION_INVALID}
   */
  static OptionValues of(ModelSpec spec, List<ModelOption> offered) {
    Map<String, Object> values = new TreeMap<>();
    for (ModelOption option : offered) {
      Object given = spec.options().getOrDefault(option.name(), option.defaultValue());
      Object value =
          option
              .parse(given)
              .orElseThrow(() -> invalid(spec.name(), option, String.valueOf(given)));
      values.put(option.name(), value);
    }
    for (String name : spec.options().keySet()) {
      if (!values.containsKey(name)) {
        throw unknown(spec.name(), name, offered);
      }
    }
    return new OptionValues(values);
  }

  String word(String option) {
    return (String) values.get(option);
  }

  boolean isOn(String option) {
    return word(option).equals("true");
  }

  int number(String option) {
    return (Integer) values.get(option);
  }

  double fraction(String option) {
    return (Double) values.get(option);
  }

  private static SinterException invalid(String model, ModelOption option, String given) {
    return new SinterException(
        ErrorCategory.USAGE,
        "MODEL_OPTION_INVALID",
        "model.options." + option.name() + " of " + model + " is \"" + given + "\"",
        "Set model.options." + option.name() + " to " + option.legalValues() + ".");
  }

  private static SinterException unknown(String model, String name, List<ModelOption> offered) {
    return new SinterException(
        ErrorCategory.USAGE,
        "MODEL_OPTION_UNKNOWN",
        model + " has no option \"" + name + "\"",
        "Remove model.options." + name + rest(model, offered) + ".");
  }

  private static String rest(String model, List<ModelOption> offered) {
    if (offered.isEmpty()) {
      return "; " + model + " has no options";
    }
    return ", or use one of "
        + model
        + "'s options: "
        + offered.stream()
            .map(option -> option.name() + " (" + option.legalValues() + ")")
            .collect(Collectors.joining("; "));
  }
}
