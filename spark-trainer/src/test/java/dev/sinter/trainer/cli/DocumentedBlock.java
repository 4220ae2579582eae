package dev.sinter.trainer.cli;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fenced block of a page.
 *
 * @param line where it begins, counted from 1
 * @param language the first word behind the ticks, empty without any
 * @param runner the second one: who runs it, empty for anybody on a bare clone
 * @param text what is between the ticks
 */
record DocumentedBlock(int line, String language, String runner, String text) {
  private static final Pattern NAMED_FILE =
      Pattern.compile("\\A(?:#|//|--) ([\\w./-]+\\.\\w+)(?:[:,] .*)?\\n");

  /** The shell runs it. */
  boolean isCommand() {
    return language.equals("sh");
  }

  /** Commands that run as they stand, in seconds. */
  boolean isQuickCommand() {
    return isCommand() && runner.isEmpty();
  }

  /** Commands that run as they stand, in minutes. */
  boolean isLongCommand() {
    return isCommand() && runner.equals("full");
  }

  /** The file that a reader saves it as: its first line is a comment that begins with the name. */
  Optional<String> fileName() {
    Matcher name = NAMED_FILE.matcher(text);
    return !isCommand() && name.find() ? Optional.of(name.group(1)) : Optional.empty();
  }

  /** The programs that it starts. */
  List<ShellCommand> commands() {
    return ShellCommand.of(text);
  }
}
