package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code docs/reference/command-line.md} describes exactly the commands and options there are. */
class CommandLineReferenceTest {
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z0-9-]*");
  private static final String EVERY_COMMAND = "";

  /** Sections by their headings; what every command has comes before the first of them. */
  private static Map<String, String> sections() throws IOException {
    Map<String, String> sections = new LinkedHashMap<>();
    String heading = EVERY_COMMAND;
    for (String line : DocumentedPage.of("docs/reference/command-line.md").text().split("\n", -1)) {
      if (line.startsWith("## ")) {
        heading = line.substring("## ".length());
      }
      sections.merge(heading, line + "\n", String::concat);
    }
    return sections;
  }

  private static Map<String, CommandSpec> commands() {
    Map<String, CommandSpec> commands = new LinkedHashMap<>();
    collect("", new CommandLine(new Sinter()), commands);
    return commands;
  }

  private static void collect(
      String prefix, CommandLine parent, Map<String, CommandSpec> commands) {
    parent
        .getSubcommands()
        .forEach(
            (name, command) -> {
              if (command.getSubcommands().isEmpty()) {
                commands.put(prefix + name, command.getCommandSpec());
              } else {
                collect(prefix + name + " ", command, commands);
              }
            });
  }

  private static Set<String> options(CommandSpec command) {
    return command.options().stream()
        .filter(option -> !option.hidden())
        .map(CommandLine.Model.OptionSpec::longestName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> named(String text) {
    Set<String> named = new LinkedHashSet<>();
    OPTION.matcher(text).results().forEach(option -> named.add(option.group()));
    return named;
  }

  @Test
  void everyCommandHasItsSection() throws IOException {
    assertThat(sections().keySet()).containsAll(commands().keySet());
  }

  @Test
  void everyOptionIsDescribed() throws IOException {
    Map<String, String> sections = sections();
    Set<String> common = named(sections.get(EVERY_COMMAND));
    commands()
        .forEach(
            (name, command) -> {
              Set<String> undescribed = options(command);
              undescribed.removeAll(common);
              undescribed.removeAll(named(sections.get(name)));
              undescribed.removeIf(option -> sections.get(name).contains(option + "KEY=VALUE"));
              assertThat(undescribed)
                  .as("options of `sinter %s` without a description", name)
                  .isEmpty();
            });
  }

  @Test
  void everyDescribedOptionExists() throws IOException {
    Map<String, String> sections = sections();
    commands()
        .forEach(
            (name, command) -> {
              // `prepare --overwrite` in a section of train is an option of prepare.
              String own = sections.get(name).replaceAll("`(\\./)?(sinter )?[a-z]+ -[^`]*`", "");
              Set<String> unknown = named(own);
              unknown.removeAll(options(command));
              assertThat(unknown).as("described options that `sinter %s` has not", name).isEmpty();
            });
  }
}
