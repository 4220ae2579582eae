package dev.sinter.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs blocks of commands with bash, as a user would in the unpacked bundle. */
final class Shell {
  private static final long DEADLINE_SECONDS = 420;

  /** How a block ended. */
  record Outcome(int exitCode, String output) {}

  private final Path folder;
  private final Map<String, String> environment = new LinkedHashMap<>();

  Shell(Path folder) {
    this.folder = folder;
  }

  /** A variable that the pages use. */
  Shell with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** The same variables, and others. */
  Shell and(Map<String, String> others) {
    Shell shell = new Shell(folder);
    shell.environment.putAll(environment);
    shell.environment.putAll(others);
    return shell;
  }

  /** Runs blocks one after the other; the first that fails ends it. */
  Outcome run(List<String> blocks) throws IOException, InterruptedException {
    Outcome last = new Outcome(0, "");
    for (String block : blocks) {
      last = run(block);
      if (last.exitCode() != 0) {
        break;
      }
    }
    return last;
  }

  /** Runs one block, standard output and errors together. */
  Outcome run(String block) throws IOException, InterruptedException {
    System.out.println("$ " + block.strip());
    Path output = Files.createTempFile("output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", block)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    long start = System.nanoTime();
    Process process = builder.start();
    boolean ended = process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    String text = Files.readString(output);
    Files.delete(output);
    System.out.println(text);
    System.out.printf(
        "-> %s after %.1f s%n", process.exitValue(), (System.nanoTime() - start) / 1e9);
    return new Outcome(ended ? process.exitValue() : 124, text);
  }
}
