package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/** Runs the blocks of pages as a reader would, in a {@link ScratchClone}. */
final class DocumentedShell implements AutoCloseable {
  private static final String SERVER_LOG = "server.log";

  private final ScratchClone clone;
  private final Path state;
  private final Optional<Process> server;

  private DocumentedShell(ScratchClone clone, Path state, Optional<Process> server) {
    this.clone = clone;
    this.state = state;
    this.server = server;
  }

  /** On a few samples, {@code ./sinter} in one warm process, trainings of one epoch. */
  static DocumentedShell shortened(Path folder) throws Exception {
    Path state = Files.createDirectories(folder.resolve("calls"));
    run(List.of("mkfifo", state.resolve(CommandServer.CALLS).toString()));
    ScratchClone clone =
        ScratchClone.small(Files.createDirectories(folder.resolve("sinter")), state);
    return new DocumentedShell(clone, state, Optional.of(server(clone.folder(), state)));
  }

  /** On all samples, with the launcher of the repository. */
  static DocumentedShell whole(Path folder) throws IOException {
    ScratchClone clone = ScratchClone.whole(Files.createDirectories(folder.resolve("sinter")));
    return new DocumentedShell(
        clone, Files.createDirectories(folder.resolve("calls")), Optional.empty());
  }

  private static Process server(Path clone, Path state) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+")));
    arguments.addAll(List.of("-Xmx1200m", "-XX:+UseParallelGC", "-Djava.awt.headless=true"));
    arguments.add("-Dorg.bytedeco.javacpp.maxbytes=0");
    arguments.add("-Dorg.bytedeco.javacpp.maxphysicalbytes=0");
    arguments.add("-Dsinter.home=" + clone);
    arguments.add("-D" + CommandServer.SHORTENED + "=true");
    arguments.add(
        "-Dlog4j2.configurationFile=" + clone.resolve("cluster-configs/local/log4j2.properties"));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    arguments.addAll(List.of(CommandServer.class.getName(), state.toString()));
    // In a file: a class path is long.
    Path file = state.resolve("java");
    Files.write(file, arguments.stream().map(argument -> '"' + argument + '"').toList());
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + file)
        .directory(clone.toFile())
        .redirectErrorStream(true)
        .redirectOutput(state.resolve(SERVER_LOG).toFile())
        .start();
  }

  /**
   * Saves the files that a page shows and runs its commands, in the order of the page.
   *
   * @param kinds which commands
   */
  void follow(DocumentedPage page, Predicate<DocumentedBlock> kinds) throws Exception {
    clone.clear();
    for (DocumentedBlock block : page.blocks()) {
      if (block.fileName().isPresent()) {
        Path file = clone.folder().resolve(block.fileName().get());
        if (!Files.exists(file)) { // else it is a file of the repository, quoted
          Files.createDirectories(file.getParent());
          Files.writeString(file, block.text());
        }
      } else if (kinds.test(block)) {
        run(page, block);
      }
    }
  }

  private void run(DocumentedPage page, DocumentedBlock block) throws Exception {
    Path script = Files.writeString(state.resolve("block"), block.text());
    Path output = state.resolve("output");
    long start = System.nanoTime();
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-eu", "-o", "pipefail", script.toString())
            .directory(clone.folder().toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("SINTER_"));
    builder.environment().remove("SPARK_HOME"); // of the tests
    Process process = builder.start();
    boolean ended = process.waitFor(block.isLongCommand() ? 40 : 5, TimeUnit.MINUTES);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String printed = Files.readString(output);
    System.out.printf(
        "== %s, %.1f s%n%s%n%s%n",
        page.at(block), (System.nanoTime() - start) / 1e9, block.text(), printed);
    assertThat(ended).as("ended in time: %s%n%s", page.at(block), printed).isTrue();
    assertThat(process.exitValue())
        .as("exit code of%n%s%nfrom %s, which printed%n%s", block.text(), page.at(block), printed)
        .isZero();
  }

  /** The commands that were handed over, each a folder with what {@link CommandServer} left. */
  List<Path> calls() throws IOException {
    try (Stream<Path> entries = Files.list(state)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static void run(List<String> command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @Override
  public void close() throws IOException {
    if (server.isPresent()) {
      server.get().toHandle().destroyForcibly();
      server.get().onExit().join();
      System.out.println(Files.readString(state.resolve(SERVER_LOG)));
    }
  }
}
