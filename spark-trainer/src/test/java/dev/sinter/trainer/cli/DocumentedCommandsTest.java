package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs what the pages tell readers to run: every block {@code sh}, page by page, on a few samples
 * and with trainings of one epoch; {@link WholeDocumentationTest} takes all of them, and the long
 * ones.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DocumentedCommandsTest {
  /** Only with {@code --verify-parity}, and of files that the samples have none of. */
  private static final Set<String> KEYS_OF_OTHER_COMMANDS =
      Set.of("parity", "dicom", "arrays", "error");

  @TempDir static Path folder;
  private static DocumentedShell shell;

  @BeforeAll
  static void start() throws Exception {
    shell = DocumentedShell.shortened(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    shell.close();
  }

  static List<DocumentedPage> pages() throws IOException {
    return DocumentedPage.with(DocumentedBlock::isQuickCommand);
  }

  @ParameterizedTest
  @Order(1)
  @MethodSource("pages")
  void runs(DocumentedPage page) throws Exception {
    shell.follow(page, DocumentedBlock::isQuickCommand);
  }

  @Test
  @Order(2)
  void resultsHaveTheKeysThatTheReferenceDescribes() throws IOException {
    JsonReference reference = new JsonReference();
    for (Path call : shell.calls()) {
      reference.compare(call);
    }
    assumeThat(System.getProperty("sinter.page")).as("all pages have run").isNull();
    assertThat(reference.comparedSections())
        .contains("prepare", "prepare --dry-run", "train", "evaluate", "predict", "inspect")
        .contains("models", "import", "export", "config", "demo");
    reference.everyKeyWasWritten(KEYS_OF_OTHER_COMMANDS);
  }
}
