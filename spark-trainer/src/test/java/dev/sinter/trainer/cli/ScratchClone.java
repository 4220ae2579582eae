package dev.sinter.trainer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder that looks like a fresh clone: links to what is in the repository, and what commands
 * write stays in it.
 */
final class ScratchClone {
  private static final int SAMPLES_OF_A_CLASS = 20;
  private static final int VOLUMES = 6;

  private final Path folder;
  private final Set<String> own;

  private ScratchClone(Path folder) throws IOException {
    this.folder = folder;
    this.own = names();
  }

  /** With all samples, and with the launcher, which finds the classes of this build as its own. */
  static ScratchClone whole(Path folder) throws IOException {
    link(folder, Set.of("sinter", "spark-trainer"));
    Path repository = DocumentedPage.REPOSITORY;
    Files.copy(repository.resolve("sinter"), folder.resolve("sinter"));
    executable(folder.resolve("sinter"));
    Path target = Files.createDirectories(folder.resolve("spark-trainer/target/launcher"));
    for (String name : List.of("pom.xml", "src")) {
      Files.createSymbolicLink(
          folder.resolve("spark-trainer").resolve(name),
          repository.resolve("spark-trainer").resolve(name));
    }
    Files.createSymbolicLink(
        folder.resolve("spark-trainer/target/sinter.jar"),
        repository.resolve("spark-trainer/target/classes"));
    Files.writeString(target.resolve("dependencies"), System.getProperty("java.class.path"));
    Files.createFile(target.resolve("built"));
    return new ScratchClone(folder);
  }

  /**
   * With a few samples, ready configurations of one epoch, and a stand-in of the launcher that
   * hands commands to a {@link CommandServer}.
   */
  static ScratchClone small(Path folder, Path server) throws IOException {
    link(folder, Set.of("sinter", "samples", "cluster-configs"));
    Path repository = DocumentedPage.REPOSITORY;
    for (Path kind : list(repository.resolve("samples/mednist"))) {
      copySome(kind, folder.resolve("samples/mednist"), SAMPLES_OF_A_CLASS);
    }
    for (Path part : list(repository.resolve("samples/hippocampus"))) {
      copySome(part, folder.resolve("samples/hippocampus"), VOLUMES);
    }
    for (Path configs : list(repository.resolve("cluster-configs"))) {
      Path copies = folder.resolve("cluster-configs").resolve(configs.getFileName());
      if (configs.endsWith("local")) {
        Files.createDirectories(copies);
        for (Path config : list(configs)) {
          Files.writeString(
              copies.resolve(config.getFileName()),
              Files.readString(config).replaceAll("epochs: \\d+", "epochs: 1"));
        }
      } else {
        Files.createDirectories(copies.getParent());
        Files.createSymbolicLink(copies, configs);
      }
    }
    Files.writeString(
        folder.resolve("sinter"),
        """
        #!/usr/bin/env bash
        # Stands for the launcher where a test runs the commands of the documentation.
        set -euo pipefail
        call=$(mktemp -d "%1$s/call-XXXXXX")
        mkfifo "$call/out" "$call/err"
        if [ $# -gt 0 ]; then printf '%%s\\0' "$@"; fi >"$call/arguments"
        echo "$call" >"%1$s/%2$s"
        cat "$call/err" >&2 &
        cat "$call/out"
        wait
        exit "$(cat "$call/code")"
        """
            .formatted(server, CommandServer.CALLS));
    executable(folder.resolve("sinter"));
    return new ScratchClone(folder);
  }

  Path folder() {
    return folder;
  }

  /** Deletes what was written since it was made. */
  void clear() throws IOException {
    for (String name : names()) {
      if (!own.contains(name)) {
        delete(folder.resolve(name));
      }
    }
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  private static void link(Path folder, Set<String> without) throws IOException {
    for (Path entry : list(DocumentedPage.REPOSITORY)) {
      String name = entry.getFileName().toString();
      if (!name.startsWith(".") && !name.equals("runs") && !without.contains(name)) {
        Files.createSymbolicLink(folder.resolve(name), entry);
      }
    }
  }

  private static void copySome(Path from, Path to, int most) throws IOException {
    Path copies = Files.createDirectories(to.resolve(from.getFileName()));
    for (Path file : list(from).subList(0, most)) {
      Files.copy(file, copies.resolve(file.getFileName()));
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Links are deleted, not followed. */
  private static void delete(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      for (Path entry : list(path)) {
        delete(entry);
      }
    }
    Files.delete(path);
  }
}
