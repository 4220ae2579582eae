package dev.sinter.bundle;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FsShell;
import org.apache.spark.launcher.JavaModuleOptions;

/** HDFS, and YARN, in a process beside the test, and a folder with the command {@code hdfs}. */
final class HadoopCluster implements AutoCloseable {
  private static final long END_SECONDS = 20;

  private final Process process;
  private final Path folder;
  private final String uri;

  private HadoopCluster(Process process, Path folder, String uri) {
    this.process = process;
    this.folder = folder;
    this.uri = uri;
  }

  static HadoopCluster hdfs(Path folder) throws IOException {
    return start(folder, List.of());
  }

  static HadoopCluster hdfsAndYarn(Path folder) throws IOException {
    return start(folder, List.of("yarn"));
  }

  private static HadoopCluster start(Path folder, List<String> services) throws IOException {
    Files.createDirectories(folder);
    List<String> command = java(folder);
    command.add("-Xmx768m");
    command.add(HadoopServices.class.getName());
    command.add(folder.toString());
    command.addAll(services);
    Path log = folder.resolve("services.log");
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectError(log.toFile()).start();
    BufferedReader lines = process.inputReader();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("up ")) {
        HadoopCluster cluster = new HadoopCluster(process, folder, line.substring(3));
        cluster.writeCommand();
        return cluster;
      }
    }
    process.destroyForcibly();
    throw new IOException("Hadoop's services ended; see " + log + "\n" + Files.readString(log));
  }

  private static List<String> java(Path folder) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+")));
    // The shell insists on a core-site.xml.
    command.addAll(List.of("-cp", folder + ":" + System.getProperty("java.class.path")));
    return command;
  }

  /** {@code hdfs dfs}, which is this class in Hadoop's own script, too. */
  private void writeCommand() throws IOException {
    List<String> command = java(folder);
    command.add("-Xmx256m");
    command.add(FsShell.class.getName());
    Path script = Files.createDirectories(bin()).resolve("hdfs");
    Files.writeString(
        script,
        "#!/bin/sh\n[ \"$1\" = dfs ] && shift\nexec '"
            + String.join("' '", command)
            + "' \"$@\"\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Such as {@code hdfs://localhost:9000}. */
  String uri() {
    return uri;
  }

  /** A HADOOP_CONF_DIR. */
  Path configuration() {
    return folder;
  }

  /** A folder for the PATH. */
  Path bin() {
    return folder.resolve("bin");
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process
        .onExit()
        .completeOnTimeout(null, END_SECONDS, TimeUnit.SECONDS)
        .thenRun(process::destroyForcibly)
        .join();
    process.onExit().join();
  }
}
