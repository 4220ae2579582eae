package dev.sinter.trainer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the blocks {@code sh} and {@code sh full} of all pages as a reader would. */
@Tag("full")
class WholeDocumentationTest {
  private static final Predicate<DocumentedBlock> RUNNABLE =
      block -> block.isQuickCommand() || block.isLongCommand();

  @TempDir Path folder;

  static List<DocumentedPage> pages() throws IOException {
    return DocumentedPage.with(RUNNABLE);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void runs(DocumentedPage page) throws Exception {
    try (DocumentedShell shell = DocumentedShell.whole(folder)) {
      shell.follow(page, RUNNABLE);
    }
  }
}
