package dev.sinter.bundle;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;

/** The archive that the build made, unpacked. */
record Bundle(Path home) {
  static final Path ARCHIVE = Path.of(System.getProperty("bundle.archive"));

  /** Unpacks it with tar, as the documentation says. */
  static Bundle unpack(Path folder) throws IOException, InterruptedException {
    int exitCode =
        new ProcessBuilder("tar", "-xzf", ARCHIVE.toString(), "-C", folder.toString())
            .inheritIO()
            .start()
            .waitFor();
    if (exitCode != 0) {
      throw new IOException("tar ended with " + exitCode);
    }
    return new Bundle(folder.resolve(ARCHIVE.getFileName().toString().replace(".tar.gz", "")));
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
