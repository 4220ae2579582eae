package dev.sinter.trainer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the blocks {@code sh} and {@code sh full} of all pages as a reader would. */
@Tag("full")
class WholeDocumentationTest {
  @TempDir Path folder;

  static List<DocumentedPage> pages() throws IOException {
    return DocumentedPage.with(WholeDocumentationTest::isRunnable);
  }

  private static boolean isRunnable(DocumentedBlock block) {
    return block.isQuickCommand() || block.isLongCommand();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void runs(DocumentedPage page) throws Exception {
    try (DocumentedShell shell = DocumentedShell.whole(folder)) {
      shell.follow(page, WholeDocumentationTest::isRunnable);
    }
  }
}
