package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.FullFileSystem;
import dev.sinter.trainer.TinyCollections;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a preparation cannot take: a code, the reason, the next step, and nothing half-written. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PrepareFailuresTest {
  @TempDir Path folder;

  @BeforeAll
  static void aDiskThatFills() {
    System.setProperty(FullFileSystem.PROPERTY, FullFileSystem.class.getName());
  }

  @AfterAll
  static void forgetTheFullDisk() {
    System.clearProperty(FullFileSystem.PROPERTY);
  }

  private static CommandResult fails(
      int exitCode, String code, Path input, Path output, String task, String... more) {
    return CommandResult.failure(
        exitCode, code, CommandResult.prepareArguments(input, output.toString(), task, more));
  }

  @Test
  void prepareWithoutImages() {
    Path output = folder.resolve("from-nowhere");
    CommandResult result =
        fails(3, "PATH_NOT_FOUND", folder.resolve("nowhere"), output, "classification");
    assertThat(result.errors()).contains("nowhere");
    assertThat(Outputs.filesIn(output)).isEmpty();
  }

  @Test
  void anUnreadableImageIsListed() throws IOException {
    Path collection = TinyCollections.classes(folder.resolve("one-broken"), 12, 16);
    Files.writeString(collection.resolve("rows").resolve("broken.png"), "no image");
    Path output = folder.resolve("one-broken-dataset");
    CommandResult result = CommandResult.preparing(collection, output, "classification");
    assertThat(result.exitCode()).as(result.errors()).isZero();
    assertThat(output.resolve("rejected.jsonl")).content().contains("IMAGE_");
    assertThat(result.output()).contains("rejected.jsonl");
  }

  @Test
  void tooManyUnreadableImages() throws IOException {
    Path collection = TinyCollections.classes(folder.resolve("broken"), 4, 16);
    for (int i = 0; i < 3; i++) {
      Files.writeString(collection.resolve("rows").resolve("broken" + i + ".png"), "no image");
    }
    Path output = folder.resolve("broken-dataset");
    CommandResult result = fails(3, "TOO_MANY_REJECTED", collection, output, "classification");
    assertThat(result.errors()).doesNotContain("broken0").contains("3 of 11 files");
    assertThat(Outputs.filesIn(output)).isSubsetOf("rejected.jsonl");
  }

  @Test
  void aDryRunReportsEverythingAndWritesNothing() throws IOException {
    Path collection = TinyCollections.classes(folder.resolve("dry"), 4, 16);
    for (int i = 0; i < 3; i++) {
      Files.writeString(collection.resolve("rows").resolve("broken" + i + ".png"), "no image");
    }
    Path output = folder.resolve("dry-dataset");
    Path json = folder.resolve("dry.json");
    Path names = folder.resolve("names.tsv");
    CommandResult result =
        fails(
            3,
            "TOO_MANY_REJECTED",
            collection,
            output,
            "classification",
            "--dry-run",
            "--json",
            json.toString(),
            "--rejected-names",
            names.toString());
    assertThat(output).doesNotExist();
    assertThat(result.output())
        .contains("11 listed")
        .contains("IMAGE_FORMAT_UNKNOWN 3")
        .contains("1 x 16 x 16 uint8: 8")
        .doesNotContain("broken");
    assertThat(json)
        .content()
        .contains("\"listed\" : 11")
        .contains("\"code\" : \"TOO_MANY_REJECTED\"")
        .doesNotContain("broken");
    assertThat(names).content().contains("rows/broken0.png");
    assertThat(Files.getPosixFilePermissions(names)).hasSize(2);
  }

  @Test
  void aMaskOfAnotherSize() throws IOException {
    Path collection = TinyCollections.squares(folder.resolve("masks"), 4, 16);
    TinyCollections.save(
        new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY),
        collection.resolve("labels").resolve("001.png"));
    Path output = folder.resolve("masks-dataset");
    CommandResult result = fails(3, "TOO_MANY_REJECTED", collection, output, "segmentation");
    assertThat(result.errors()).contains("MASK_SIZE_MISMATCH").doesNotContain("001.png");
    assertThat(Outputs.filesIn(output)).isSubsetOf("rejected.jsonl");
  }

  @Test
  void masksThatAreElsewhere() throws IOException {
    Path collection = TinyCollections.squares(folder.resolve("apart"), 4, 16);
    Path empty = Files.createDirectory(folder.resolve("empty"));
    CommandResult result =
        fails(
            3,
            "TOO_MANY_REJECTED",
            collection.resolve("images"),
            folder.resolve("apart-dataset"),
            "segmentation",
            "--masks",
            empty.toString());
    assertThat(result.errors())
        .contains("MASK_MISSING")
        .contains("Masks are looked for below file:" + empty + " (data.masks)");
  }

  @Test
  void oneClassOnly() throws IOException {
    Path collection = TinyCollections.classes(folder.resolve("one-class"), 4, 16);
    try (Stream<Path> files = Files.list(collection.resolve("rows"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(collection.resolve("rows"));
    Path output = folder.resolve("one-class-dataset");
    CommandResult result = fails(3, "ONE_CLASS_ONLY", collection, output, "classification");
    assertThat(result.errors()).contains("columns");
    assertThat(Outputs.filesIn(output)).isSubsetOf("rejected.jsonl");
  }

  @Test
  void hashesWithoutASecretAreToldOnce() throws IOException {
    Path collection = TinyCollections.classes(folder.resolve("collection"), 12, 16);
    Path salt = Files.writeString(folder.resolve("salt"), "0123456789abcdef");
    CommandResult warned =
        CommandResult.preparing(collection, folder.resolve("open"), "classification");
    CommandResult salted =
        CommandResult.preparing(
            collection, folder.resolve("secret"), "classification", "-Ddata.salt-file=" + salt);
    assertThat(warned.exitCode()).as(warned.errors()).isZero();
    assertThat(salted.exitCode()).as(salted.errors()).isZero();
    assertThat(warned.output() + warned.errors())
        .containsOnlyOnce("warning: patients and file names are hashed without a secret")
        .contains("data.salt-file");
    assertThat(salted.output() + salted.errors()).doesNotContain("without a secret");
  }

  @Test
  void datasetWhereAFileIs() throws IOException {
    Path collection = TinyCollections.classes(folder.resolve("collection"), 12, 16);
    Path file = Files.writeString(folder.resolve("another-file"), "in the way");
    CommandResult result =
        CommandResult.preparing(collection, file.resolve("dataset"), "classification");
    assertThat(result.exitCode()).isIn(2, 4);
    assertThat(result.errors()).contains("error ").contains("another-file");
    assertThat(result.errors()).doesNotContain("INTERNAL_ERROR").doesNotContain("\tat ");
    assertThat(file).hasContent("in the way");
  }

  @Test
  void prepareOntoAFullDisk() throws IOException {
    Path collection = TinyCollections.classes(folder.resolve("collection"), 12, 16);
    FullFileSystem.FREE_BYTES.set(500);
    Path output = folder.resolve("full-dataset");
    CommandResult.failure(
        4,
        "DISK_FULL",
        CommandResult.prepareArguments(collection, "full:" + output, "classification"));
    assertThat(Outputs.filesIn(output)).isEmpty();
  }
}
