package dev.sinter.trainer.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A copy of the fetch scripts, in which a test may replace checksums: tiny archives cannot have the
 * published ones.
 *
 * @param root folder as {@code datasets-scripts}
 */
record FetchScript(Path root) {
  private static final Path SOURCE = Path.of("../datasets-scripts");

  /**
   * What a script left behind.
   *
   * @param exitCode of the process
   * @param output standard output and standard error together
   */
  record Result(int exitCode, String output) {}

  static FetchScript copiedTo(Path root) throws IOException {
    copy("fetch", root);
    copy("src/main/java/dev/sinter/dataset/fetch", root);
    return new FetchScript(root);
  }

  private static void copy(String folder, Path root) throws IOException {
    Files.createDirectories(root.resolve(folder));
    try (Stream<Path> files = Files.list(SOURCE.resolve(folder))) {
      for (Path file : files.toList()) {
        Files.copy(file, root.resolve(folder).resolve(file.getFileName()));
      }
    }
  }

  /** Replaces a text of a script, which must be there. */
  void replace(String script, String text, String replacement) throws IOException {
    Path file = root.resolve("fetch").resolve(script);
    String before = Files.readString(file);
    if (!before.contains(text)) {
      throw new AssertionError(script + " does not hold " + text);
    }
    Files.writeString(file, before.replace(text, replacement));
  }

  Path file(String name) {
    return root.resolve("fetch").resolve(name);
  }

  Result run(Map<String, String> environment, String script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", file(script).toString()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(root, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("SINTER_FETCH_PAUSE", "0");
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError(script + " hangs: " + Files.readString(output));
    }
    return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }
}
