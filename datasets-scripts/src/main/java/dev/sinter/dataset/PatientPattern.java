package dev.sinter.dataset;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Finds the patient in a relative path. */
final class PatientPattern {
  private final PrepareRequest request;
  private final Pattern pattern;

  PatientPattern(PrepareRequest request) {
    this.request = request;
    this.pattern = compile(request.patientPattern());
  }

  private static Pattern compile(String expression) {
    String problem;
    try {
      Pattern pattern = Pattern.compile(expression);
      int groups = pattern.matcher("").groupCount();
      if (expression.isEmpty() || groups == 1) {
        return pattern;
      }
      problem = "it has " + groups + " groups";
    } catch (PatternSyntaxException e) {
      problem = e.getDescription() + " near index " + e.getIndex();
    }
    throw DatasetErrors.usage(
        "PATIENT_PATTERN_INVALID",
        "the patient pattern " + expression + " cannot be used: " + problem,
        "Give a regular expression with exactly one group, which is the patient.");
  }

  /** The patient; empty without a pattern. */
  Optional<String> find(String relative) {
    if (request.patientPattern().isEmpty()) {
      return Optional.empty();
    }
    Matcher matcher = pattern.matcher(relative);
    if (!matcher.find() || matcher.group(1) == null || matcher.group(1).isEmpty()) {
      throw DatasetErrors.usage(
          "PATIENT_NOT_FOUND",
          new SourceNames(request.salt(), java.util.List.of()).hidden(relative, "")
              + ": the patient pattern "
              + request.patientPattern()
              + " finds no patient in this path, which is shown hashed",
          "Give a regular expression with one group that matches every relative path.");
    }
    return Optional.of(matcher.group(1));
  }
}
