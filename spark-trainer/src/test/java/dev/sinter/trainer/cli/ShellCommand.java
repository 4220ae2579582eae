package dev.sinter.trainer.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A program that a shell text starts, and its arguments as written: quotes are taken away,
 * variables are not replaced.
 */
record ShellCommand(List<String> words) {
  private static final Set<String> KEYWORDS =
      Set.of("do", "then", "else", "if", "while", "until", "!", "exec", "time", "(", "{");

  /** The commands of a shell text, in order; those inside of substitutions are left out. */
  static List<ShellCommand> of(String text) {
    List<ShellCommand> commands = new ArrayList<>();
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    char quote = 0;
    int depth = 0; // of $( ... )
    String joined = text.replace("\\\n", " ") + "\n";
    for (int i = 0; i < joined.length(); i++) {
      char c = joined.charAt(i);
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (depth > 0 || (c == '(' && word != null && word.toString().endsWith("$"))) {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        word.append(c);
      } else if (c == '"' || c == '\'') {
        quote = c;
        word = word == null ? new StringBuilder() : word;
      } else if (c == '#' && word == null) {
        i = joined.indexOf('\n', i) - 1;
      } else if (" \t\n;|&()".indexOf(c) >= 0) {
        if (word != null) {
          words.add(word.toString());
          word = null;
        }
        if (c != ' ' && c != '\t') {
          add(commands, words);
          words = new ArrayList<>();
        }
      } else {
        word = (word == null ? new StringBuilder() : word).append(c);
      }
    }
    return commands;
  }

  private static void add(List<ShellCommand> commands, List<String> words) {
    int begin = 0;
    while (begin < words.size()
        && (KEYWORDS.contains(words.get(begin)) || words.get(begin).matches("\\w+=.*"))) {
      begin++;
    }
    List<String> command = new ArrayList<>();
    for (int i = begin; i < words.size(); i++) {
      if (words.get(i).matches("\\d?[<>]+")) {
        i++; // the file
      } else if (!words.get(i).matches("\\d?[<>]+.+")) {
        command.add(words.get(i));
      }
    }
    if (!command.isEmpty()) {
      commands.add(new ShellCommand(command));
    }
  }

  /** The program without its folder. */
  String program() {
    String first = words.get(0);
    return first.substring(first.lastIndexOf('/') + 1);
  }

  /**
   * The arguments of {@code sinter}, where this starts it: by a launcher, whose own options end at
   * {@code --}, or by spark-submit.
   */
  Optional<List<String>> sinterArguments() {
    if (program().equals("sinter")) {
      int end = words.indexOf("--");
      return Optional.of(words.subList(Math.max(end, 0) + 1, words.size()));
    }
    if (program().equals("spark-submit")) {
      for (int i = 1; i < words.size(); i++) {
        if (words.get(i).matches("(.*/)?sinter[^/,]*\\.jar|\\$\\{?SINTER_JAR}?")
            && !words.get(i - 1).equals("--jars")) {
          return Optional.of(words.subList(i + 1, words.size()));
        }
      }
    }
    return Optional.empty();
  }
}
