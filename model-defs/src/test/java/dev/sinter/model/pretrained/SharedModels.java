package dev.sinter.model.pretrained;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Weight files with recorded outputs that are not part of the repository. */
public final class SharedModels {
  private static final Path MODELS = Path.of("../../shared/data/models");

  private SharedModels() {}

  /** The file or folder; the test is skipped where it is absent. */
  public static Path of(String name) {
    Path file = MODELS.resolve(name);
    assumeTrue(Files.exists(file), "no " + file);
    return file;
  }
}
