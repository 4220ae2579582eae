package dev.sinter.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;

/** The archive that the build made, unpacked. */
record Bundle(Path home) {
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
