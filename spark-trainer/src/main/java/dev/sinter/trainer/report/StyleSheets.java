package dev.sinter.trainer.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Style sheets that are copied into the files. */
final class StyleSheets {
  /** Colours and what drawings need. */
  static final String CHARTS = load("charts.css");

  /** The page around the drawings. */
  static final String PAGE = load("page.css");

  private StyleSheets() {}

  private static String load(String name) {
    try (InputStream in = StyleSheets.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the Sinter jar lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
