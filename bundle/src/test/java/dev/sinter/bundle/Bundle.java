package dev.sinter.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/** The archive that the build made, unpacked. */
record Bundle(Path home) {
  /** Of six: 120 images, of which 84 train. */
  private static final int IMAGES_PER_CLASS = 20;

  static final Path ARCHIVE = Path.of(System.getProperty("bundle.archive"));

  /** Unpacked with tar, as the documentation says, once per build. */
  static synchronized Bundle unpacked() throws IOException, InterruptedException {
    Path folder = ARCHIVE.resolveSibling("unpacked");
    Path marker = folder.resolve("of-" + Files.getLastModifiedTime(ARCHIVE).toMillis());
    if (!Files.exists(marker)) {
      run("rm", "-rf", folder.toString());
      Files.createDirectories(folder);
      run("tar", "-xzf", ARCHIVE.toString(), "-C", folder.toString());
      Files.createFile(marker);
    }
    return new Bundle(folder.resolve(ARCHIVE.getFileName().toString().replace(".tar.gz", "")));
  }

  /** The same folder with fewer images of the sample: HDFS takes its time for each file. */
  Bundle withFewImages(Path folder) throws IOException {
    Path copy = Files.createDirectories(folder.resolve(home.getFileName()));
    for (Path file : list(home)) {
      if (!file.endsWith("samples")) {
        Files.createSymbolicLink(copy.resolve(file.getFileName()), file);
      }
    }
    for (Path images : list(home.resolve("samples/mednist"))) {
      if (Files.isDirectory(images)) {
        Path few = Files.createDirectories(copy.resolve(home.relativize(images)));
        for (Path image : list(images).subList(0, IMAGES_PER_CLASS)) {
          Files.createSymbolicLink(few.resolve(image.getFileName()), image);
        }
      }
    }
    return new Bundle(copy);
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    int exitCode = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (exitCode != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + exitCode);
    }
  }

  Path jar() {
    return home.resolve(home.getFileName() + ".jar");
  }

  static Set<String> entries(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream()
          .map(java.util.zip.ZipEntry::getName)
          .filter(name -> !name.endsWith("/"))
          .collect(Collectors.toSet());
    }
  }
}
