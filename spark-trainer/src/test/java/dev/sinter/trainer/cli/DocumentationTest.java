package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.sinter.dataset.Task;
import dev.sinter.model.ModelRegistry;
import dev.sinter.trainer.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What can be said of the pages without running their commands. */
class DocumentationTest {
  private static final Set<String> RUNNERS =
      Set.of(
          "",
          "full",
          "measurement",
          "build",
          "standalone",
          "hdfs",
          "yarn",
          "kubernetes",
          "gpu",
          "cron",
          "network");
  private static final Set<String> LANGUAGES =
      Set.of(
          "",
          "text",
          "synopsis",
          "sh",
          "yaml",
          "json",
          "java",
          "scala",
          "sql",
          "python",
          "conf",
          "properties",
          "ini",
          "xml");
  private static final Pattern STARTS_A_PROGRAM =
      Pattern.compile("(?m)^\\s*(\\$ )?(\\S*/)?(sinter|spark-submit|mvnw)( |$)");
  private static final Pattern IN_REPOSITORY =
      Pattern.compile(
          "(?:\\./)?((?:cluster-configs|samples|docs|benchmarks|datasets-scripts|model-defs"
              + "|spark-trainer|notebooks)/[\\w./-]+)");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\"");

  static List<DocumentedPage> pages() throws IOException {
    return DocumentedPage.all();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void labelsSayWhoRunsIt(DocumentedPage page) {
    for (DocumentedBlock block : page.blocks()) {
      assertThat(LANGUAGES).as("language of %s", page.at(block)).contains(block.language());
      if (block.isCommand()) {
        assertThat(RUNNERS).as("who runs %s", page.at(block)).contains(block.runner());
      } else if (!block.language().equals("synopsis")) {
        assertThat(STARTS_A_PROGRAM.matcher(block.text()).find())
            .as("a command in a block of another kind: %s%n%s", page.at(block), block.text())
            .isFalse();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void commandsExist(DocumentedPage page) throws IOException {
    for (DocumentedBlock block : page.blocks()) {
      if (block.isCommand()) {
        for (ShellCommand command : block.commands()) {
          command.sinterArguments().ifPresent(arguments -> parse(arguments, page.at(block)));
          if (command.program().equals("mvnw")) {
            buildKnows(command.words(), page.at(block));
          }
          filesExist(command.words(), page.at(block));
        }
      } else if (block.language().equals("synopsis")) {
        block.text().lines().forEach(line -> optionsExist(line, page.at(block)));
      }
    }
    Pattern code = Pattern.compile("`(?:\\./)?(sinter [^`]+)`");
    for (int i = 0; i < page.prose().size(); i++) {
      Matcher spans = code.matcher(page.prose().get(i));
      while (spans.find()) {
        optionsExist(spans.group(1), page.name() + ":" + (i + 1));
      }
    }
  }

  private static void parse(List<String> arguments, String where) {
    assertThatCode(() -> new CommandLine(new Sinter()).parseArgs(arguments.toArray(new String[0])))
        .as("%s: sinter %s", where, arguments)
        .doesNotThrowAnyException();
  }

  /** Of a line that is not complete: its command exists and has the options. */
  private static void optionsExist(String line, String where) {
    List<String> words = List.of(line.strip().split("[\\s\\[\\]|=]+"));
    CommandLine command = new CommandLine(new Sinter());
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      if (command.getSubcommands().containsKey(word)) {
        command = command.getSubcommands().get(word);
      } else if (i == 1 && word.matches("[a-z]+")) {
        assertThat(command.getSubcommands().keySet()).as(where).contains(word);
      } else if (word.matches("--[a-z0-9-]+")) {
        assertThat(command.getCommandSpec().optionsMap().keySet()).as(where).contains(word);
      }
    }
  }

  private static void buildKnows(List<String> words, String where) throws IOException {
    Path repository = DocumentedPage.REPOSITORY;
    String pom = Files.readString(repository.resolve("pom.xml"));
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      if (word.startsWith("-P")) {
        for (String profile : word.substring(2).split(",", -1)) {
          assertThat(pom).as(where).contains("<id>" + profile + "</id>");
        }
      } else if (word.equals("-pl")) {
        assertThat(repository.resolve(words.get(i + 1)).resolve("pom.xml")).as(where).exists();
      } else if (word.startsWith("-Dtest=")) {
        for (String test : word.substring("-Dtest=".length()).split(",", -1)) {
          assertThat(sources()).as(where).contains(test.replaceAll("#.*", "") + ".java");
        }
      }
    }
  }

  private static Set<String> sources() throws IOException {
    try (Stream<Path> modules = Files.list(DocumentedPage.REPOSITORY)) {
      List<Path> tests =
          modules.map(module -> module.resolve("src/test/java")).filter(Files::exists).toList();
      Set<String> names = new HashSet<>();
      for (Path folder : tests) {
        try (Stream<Path> files = Files.walk(folder)) {
          names.addAll(files.map(file -> file.getFileName().toString()).toList());
        }
      }
      return names;
    }
  }

  private static void filesExist(List<String> words, String where) {
    for (String word : words) {
      Matcher file = IN_REPOSITORY.matcher(word);
      if (file.matches() && !word.contains("/target/")) {
        assertThat(DocumentedPage.REPOSITORY.resolve(file.group(1))).as(where).exists();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void configurationsLoad(DocumentedPage page) throws IOException {
    for (DocumentedBlock block : page.blocks()) {
      if (block.language().equals("yaml") && block.runner().isEmpty()) {
        assertThatCode(() -> ConfigFile.parse(block.text(), missing(block), page.at(block)))
            .as("%s%n%s", page.at(block), block.text())
            .doesNotThrowAnyException();
      }
    }
  }

  /** What a run needs and an excerpt leaves out. */
  private static Map<String, String> missing(DocumentedBlock block) throws IOException {
    JsonNode shown = new ObjectMapper(new YAMLFactory()).readTree(block.text());
    Map<String, String> missing = new LinkedHashMap<>();
    Map.of("data.output", "dataset", "model.name", "resnet18", "train.output", "run")
        .forEach(
            (key, value) -> {
              if (shown.at("/" + key.replace('.', '/')).isMissingNode()) {
                missing.put(key, value);
              }
            });
    String model = shown.at("/model/name").asText("resnet18");
    if (shown.at("/data/task").isMissingNode()
        && ModelRegistry.card(model).task().equals(Task.SEGMENTATION.key())) {
      missing.put("data.task", Task.SEGMENTATION.key());
    }
    return missing;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLead(DocumentedPage page) throws IOException {
    List<String> broken = new ArrayList<>();
    for (int i = 0; i < page.prose().size(); i++) {
      Matcher links = LINK.matcher(page.prose().get(i).replaceAll("`[^`]*`", "``"));
      while (links.find()) {
        String link = links.group(1);
        if (!link.matches("(https?|mailto):.*") && !leads(page, link)) {
          broken.add(page.name() + ":" + (i + 1) + " -> " + link);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  private static boolean leads(DocumentedPage page, String link) throws IOException {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path of = DocumentedPage.REPOSITORY.resolve(page.name());
    Path target = file.isEmpty() ? of : of.resolveSibling(file).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return hash < 0 || anchors(Files.readString(target)).contains(link.substring(hash + 1));
  }

  /** As the usual renderers make them of headings. */
  private static Set<String> anchors(String text) {
    Set<String> anchors =
        new DocumentedPage("", text)
            .prose().stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ +", "").toLowerCase(Locale.ROOT))
                .map(line -> line.replaceAll("[^\\p{L}\\p{N}_ -]", "").strip().replace(' ', '-'))
                .collect(Collectors.toSet());
    ANCHOR.matcher(text).results().forEach(anchor -> anchors.add(anchor.group(1)));
    return anchors;
  }

  @Test
  void theIndexNamesEveryPage() throws IOException {
    String index = DocumentedPage.of("docs/README.md").text();
    assertThat(pages())
        .extracting(DocumentedPage::name)
        .filteredOn(name -> name.startsWith("docs/") && !name.startsWith("docs/decisions/0"))
        .filteredOn(name -> !name.equals("docs/README.md"))
        .allSatisfy(
            name -> assertThat(index).contains("](" + name.substring("docs/".length()) + ")"));
  }

  @Test
  void findsThePages() throws IOException {
    assertThat(pages())
        .extracting(DocumentedPage::name)
        .contains("README.md", "CONTRIBUTING.md", "benchmarks/README.md")
        .contains("docs/reference/command-line.md", "docs/how-to/train-on-your-images.md");
  }
}
