package dev.sinter.trainer.tracking;

import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Takes credentials out of what is shown elsewhere. */
public final class Redaction {
  private static final String HIDDEN = "***";
  private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^@\\s'\",]*@");
  private static final Pattern QUERY = Pattern.compile("(://[^\\s'\"?]+\\?)[^\\s'\",}\\]]+");
  private static final Pattern SECRET_KEY =
      Pattern.compile(".*(password|passwd|secret|token|credential|access-key|salt)");
  private static final Pattern KEY_AND_VALUE = Pattern.compile("^(\\s*([\\w.-]+):)(\\s+\\S.*)$");

  private Redaction() {}

  /** A text without the user part and the query of the URIs in it. */
  public static String ofText(String text) {
    return QUERY
        .matcher(USER_INFO.matcher(text).replaceAll(HIDDEN + "@"))
        .replaceAll("$1" + HIDDEN);
  }

  /** A YAML text, also without values of keys that are named like a secret. */
  static String ofYaml(String yaml) {
    return ofText(
        yaml.lines()
            .map(
                line -> {
                  var parts = KEY_AND_VALUE.matcher(line);
                  return parts.matches() && isSecret(parts.group(2))
                      ? parts.group(1) + " " + HIDDEN
                      : line;
                })
            .collect(Collectors.joining("\n", "", "\n")));
  }

  /** Settings, the same way. */
  static SortedMap<String, String> ofSettings(SortedMap<String, String> settings) {
    SortedMap<String, String> redacted = new TreeMap<>();
    settings.forEach((key, value) -> redacted.put(key, isSecret(key) ? HIDDEN : ofText(value)));
    return redacted;
  }

  private static boolean isSecret(String key) {
    return SECRET_KEY.matcher(key.toLowerCase(Locale.ROOT)).matches();
  }
}
