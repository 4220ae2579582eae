package dev.sinter.model.pretrained;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Weight files with recorded outputs that are not part of the repository. */
public final class SharedModels {
  private SharedModels() {}

  /** The file or folder; the test is skipped where it is absent. */
  public static Path of(String name) {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path file = folder.resolve("shared/data/models").resolve(name);
      if (Files.exists(file)) {
        return file;
      }
    }
    assumeTrue(false, "no " + name + " under shared/data/models beside the checkout");
    throw new AssertionError();
  }
}
