package dev.sinter.trainer.cli;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Runs the commands that a stand-in of the launcher hands over, one after the other, in one warm
 * JVM whose working directory is that of the documentation's commands. A command says where it is
 * by a line in the pipe {@code calls}: a folder with its {@code arguments}, and two pipes that take
 * what it prints.
 */
final class CommandServer {
  static final String CALLS = "calls";

  /** Property: trainings end after an epoch. */
  static final String SHORTENED = "sinter.test.shortened";

  private static final Set<String> TRAINING = Set.of("train", "retrain");

  private CommandServer() {}

  /** Serves the pipe in the folder of the first argument until the process is ended. */
  public static void main(String[] arguments) throws IOException {
    Path state = Path.of(arguments[0]);
    PrintStream log = System.err;
    // A pipe that is open for writing as well never ends.
    try (RandomAccessFile pipe = new RandomAccessFile(state.resolve(CALLS).toFile(), "rw");
        BufferedReader calls =
            new BufferedReader(
                new InputStreamReader(new FileInputStream(pipe.getFD()), StandardCharsets.UTF_8))) {
      while (true) {
        answer(Path.of(calls.readLine()), log);
      }
    }
  }

  private static void answer(Path call, PrintStream log) throws IOException {
    List<String> command = arguments(Files.readString(call.resolve("arguments")));
    long start = System.nanoTime();
    try (PrintStream errors = pipe(call.resolve("err"));
        PrintStream output = pipe(call.resolve("out"))) {
      System.setOut(output);
      System.setErr(errors);
      int exitCode = Sinter.run(completed(command, call).toArray(new String[0]));
      Files.writeString(call.resolve("code"), Integer.toString(exitCode));
    } finally {
      System.setErr(log);
      System.setOut(log);
    }
    log.printf("%.1f s: %s%n", (System.nanoTime() - start) / 1e9, command);
  }

  private static List<String> arguments(String written) {
    return written.isEmpty()
        ? List.of()
        : Arrays.asList(written.substring(0, written.length() - 1).split("\0", -1));
  }

  /** With the result beside the call, unless the command asks for it itself; with one epoch. */
  private static List<String> completed(List<String> command, Path call) {
    List<String> all = new ArrayList<>(command);
    if (command.isEmpty() || command.get(0).startsWith("-") || command.contains("--help")) {
      return all;
    }
    if (TRAINING.contains(command.get(0)) && Boolean.getBoolean(SHORTENED)) {
      all.add("-Dtrain.epochs=1"); // the last one counts
    }
    if (!command.contains("--json")) {
      all.addAll(List.of("--json", call.resolve("result.json").toString()));
    }
    return all;
  }

  private static PrintStream pipe(Path name) throws IOException {
    return new PrintStream(new FileOutputStream(name.toFile()), true, StandardCharsets.UTF_8);
  }
}
