package dev.sinter.trainer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;

/** Every command, as it works and as it fails, over a collection with planted identifiers. */
record PlantedCommands(Path folder, Path collection, Path configuration, Path table) {
  /**
   * A command line.
   *
   * @param exit how it ends
   * @param showsNames whether it is its purpose to show the files that it was given by name
   */
  record Command(int exit, boolean showsNames, String... arguments) {
    /** The command's name. */
    String name() {
      return arguments[0];
    }

    @Override
    public String toString() {
      return "sinter " + String.join(" ", arguments);
    }
  }

  static PlantedCommands write(Path folder, String salt) throws IOException {
    Path collection = folder.resolve("collection");
    Path table = PlantedCollection.write(collection);
    Path saltFile = Files.writeString(folder.resolve("salt"), salt);
    Files.setPosixFilePermissions(saltFile, PosixFilePermissions.fromString("rw-------"));
    Path configuration =
        Files.writeString(
            folder.resolve("run.yaml"),
            """
            data:
              input: %s
              output: %s
              salt-file: %s
              manifest: %s
              columns: {file: file, label: label, patient: who}
              max-rejected: 0.5
            model: {name: resnet18, options: {stem: small}}
            train: {epochs: 1, lanes: 2, micro-batch-size: 2, output: %s}
            cluster: {workers: 2, timeout-seconds: 60}
            """
                .formatted(
                    collection, folder.resolve("set"), saltFile, table, folder.resolve("run")));
    return new PlantedCommands(folder, collection, configuration, table);
  }

  private static Command works(String... arguments) {
    return new Command(0, false, arguments);
  }

  private static Command fails(int exit, String... arguments) {
    // With the stack traces of what failed.
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = "--debug";
    return new Command(exit, false, all);
  }

  /** All of them; each works on what those before it left. */
  List<Command> inOrder(String password) {
    String run = configuration.toString();
    String set = folder.resolve("set").toString();
    String model = folder.resolve("run").toString();
    String secret = "s3a://KEY:" + password + "@bucket/x";
    return List.of(
        works("config", run),
        works("doctor", run),
        works(
            "volumes",
            "--input",
            collection.toString(),
            "--output",
            folder.resolve("volumes").toString(),
            "--salt-file",
            folder.resolve("salt").toString()),
        works("prepare", run, "--dry-run"),
        works("prepare", run),
        works("train", run),
        works("evaluate", "--model", model, "--data", set),
        works(
            "predict",
            "--model",
            model,
            "--input",
            collection.toString(),
            "--output",
            folder.resolve("predictions").toString()),
        new Command(3, true, "inspect", collection.toString(), set, model),
        fails(2, "config", run, "-Dtrain.output=" + secret),
        fails(2, "config", run, "-Dspark.hadoop.fs.s3a.secret.key=[" + password),
        fails(2, "prepare", run, "-Dspark.hadoop.fs.s3a.secret.key=" + password),
        fails(2, "doctor", run, "-Ddata.output=" + secret),
        fails(2, "volumes", "--input", secret, "--output", folder.resolve("volumes").toString()),
        fails(
            2,
            "volumes",
            "--input",
            collection.toString(),
            "--output",
            folder.resolve("volumes").toString()),
        fails(2, "evaluate", "--model", secret, "--data", set),
        fails(2, "predict", "--model", model, "--inptu", secret),
        fails(2, "inspect", "ftp://user:" + password + "@host/x"),
        fails(3, "prepare", run, "--overwrite", "-Ddata.max-rejected=0"),
        fails(
            2,
            "prepare",
            run,
            "--overwrite",
            "-Ddata.manifest=''",
            "-Ddata.columns={}",
            "-Ddata.patient-pattern=(nobody)"),
        fails(2, "train", run, "--resume", "never"),
        fails(3, "evaluate", "--model", set, "--data", set));
  }

  /** Not what was planted, nor where true names are documented to be. */
  boolean isSearched(Path file) {
    return !file.startsWith(collection)
        && !file.equals(table)
        && !file.equals(folder.resolve("salt"))
        && !file.equals(configuration)
        && !file.startsWith(folder.resolve("predictions"))
        && !file.getFileName().toString().endsWith("sources.jsonl");
  }
}
