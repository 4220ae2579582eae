package dev.sinter.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A server, and interpreters that it starts in processes of their own. */
@Tag("full")
@TestInstance(Lifecycle.PER_CLASS)
class ZeppelinServerTest {
  private static final Path CLASS_PATH = Note.FOLDER.resolve("server/target/class-path");

  private ZeppelinServer server;
  private Path runs;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    assertThat(CLASS_PATH).as("built by ./mvnw -Pfull").exists();
    runs = folder.resolve("runs");
    server =
        ZeppelinServer.start(
            ZeppelinHome.create(folder.resolve("zeppelin")),
            Files.readString(CLASS_PATH),
            options());
  }

  @AfterAll
  void end() throws Exception {
    if (server != null) {
      server.stop();
    }
  }

  @Test
  void runsFirstNote() throws Exception {
    assertThat(server.version()).isEqualTo("0.10.0");

    Path file = Note.FOLDER.resolve("1-first-experiment.zpln");
    List<ParagraphResult> results = server.run(file, settings());

    assertThat(results).allSatisfy(each -> assertThat(each.status()).isEqualTo("FINISHED"));
    List<ParagraphResult> own = results.subList(1, results.size());
    NoteRun.write("server-1-first-experiment.zpln", Note.read(file), own);
    assertThat(own).hasSameSizeAs(Note.read(file).paragraphs());
    FirstNoteExpectations.check(new NoteRun(own));
  }

  @Test
  void tellsWhichParagraphFails(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("broken.zpln");
    Files.writeString(
        file,
        """
        {"name": "broken", "paragraphs": [
          {"text": "%spark\\nprintln(6 * 7)"},
          {"text": "%spark\\nundefinedName + 1"},
          {"text": "%spark\\nprintln(1)"}]}
        """);

    List<ParagraphResult> results = server.run(file, settings());

    assertThat(results)
        .extracting(ParagraphResult::status)
        .containsExactly("FINISHED", "FINISHED", "ERROR");
    assertThat(results.get(1).data("TEXT")).contains("42");
    assertThat(results.get(2).data("TEXT")).contains("not found: value undefinedName");
  }

  private Map<String, String> settings() {
    return Map.of(
        "zeppelin.spark.enableSupportedVersionCheck", "false",
        "zeppelin.spark.useHiveContext", "false",
        "zeppelin.spark.scala.color", "false",
        "spark.ui.enabled", "false",
        "spark.driver.host", "127.0.0.1",
        "spark.sinter.samples", NoteRun.SAMPLES.toString(),
        "spark.sinter.runs", runs.toString());
  }

  /** The interpreter's JVM is opened up as the one of the tests is. */
  private static String options() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(each -> each.startsWith("--add-opens") || each.startsWith("-Dorg.bytedeco"))
        .collect(Collectors.joining(" ", "-Xmx1500m -Djava.awt.headless=true ", ""));
  }
}
