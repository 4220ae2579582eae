package dev.sinter.model;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** One option of a family of networks: its default and its legal values. */
public sealed interface ModelOption extends Serializable {

  /** The key under {@code model.options}. */
  String name();

  /** The value used when the option is not given. */
  Object defaultValue();

  /** The legal values in words, for messages and listings. */
  String legalValues();

  /** What the option changes, in one sentence. */
  String meaning();

  /** The value in the option's own type, or empty if it is not legal. */
  Optional<Object> parse(Object value);

  /**
   * An option that takes one of a few words; an on-off option takes {@code true} or {@code false}.
   *
   * @param name key of the option
   * @param defaultValue one of the choices
   * @param choices all legal words
   * @param meaning what it changes
   */
  record Choice(String name, String defaultValue, List<String> choices, String meaning)
      implements ModelOption {

    /** Copies the choices. */
    public Choice {
      choices = List.copyOf(choices);
    }

    @Override
    public String legalValues() {
      return String.join(" or ", choices);
    }

    @Override
    public Optional<Object> parse(Object value) {
      return Optional.<Object>of(String.valueOf(value)).filter(choices::contains);
    }
  }

  /**
   * An option that takes a whole number.
   *
   * @param name key of the option
   * @param defaultNumber the default
   * @param minimum smallest legal number
   * @param maximum largest legal number
   * @param meaning what it changes
   */
  record WholeNumber(String name, int defaultNumber, int minimum, int maximum, String meaning)
      implements ModelOption {

    @Override
    public Object defaultValue() {
      return defaultNumber;
    }

    @Override
    public String legalValues() {
      return "a whole number from " + minimum + " to " + maximum;
    }

    @Override
    public Optional<Object> parse(Object value) {
      try {
        int number = Integer.parseInt(String.valueOf(value));
        return number >= minimum && number <= maximum ? Optional.of(number) : Optional.empty();
      } catch (NumberFormatException notWhole) {
        return Optional.empty();
      }
    }
  }

  /**
   * An option that takes a number from 0 on.
   *
   * @param name key of the option
   * @param defaultNumber the default
   * @param maximum largest legal number
   * @param meaning what it changes
   */
  record Fraction(String name, double defaultNumber, double maximum, String meaning)
      implements ModelOption {

    @Override
    public Object defaultValue() {
      return defaultNumber;
    }

    @Override
    public String legalValues() {
      return "a number from 0 to " + maximum;
    }

    @Override
    public Optional<Object> parse(Object value) {
      try {
        double number = Double.parseDouble(String.valueOf(value));
        return number >= 0 && number <= maximum ? Optional.of(number) : Optional.empty();
      } catch (NumberFormatException notANumber) {
        return Optional.empty();
      }
    }
  }
}
