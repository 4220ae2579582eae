package dev.sinter.trainer.report;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Builds markup that is well-formed XML and valid HTML: every text and attribute is escaped, and an
 * element can only be closed by its own name.
 */
final class MarkupWriter {
  private final StringBuilder out = new StringBuilder(1 << 16);
  private final Deque<String> open = new ArrayDeque<>();

  /** Opens an element; attributes are names and values in turn. */
  MarkupWriter open(String tag, String... attributes) {
    tag(tag, attributes).append('>');
    open.push(tag);
    return this;
  }

  /** Closes the innermost element, which must be this one. */
  MarkupWriter close(String tag) {
    String expected = open.pop();
    if (!expected.equals(tag)) {
      throw new IllegalStateException("closing " + tag + " while " + expected + " is open");
    }
    out.append("</").append(tag).append('>');
    if (!isInline(tag)) {
      out.append('\n');
    }
    return this;
  }

  /** An element that holds text. */
  MarkupWriter element(String tag, String text, String... attributes) {
    return open(tag, attributes).text(text).close(tag);
  }

  /** A void HTML element or an SVG shape. */
  MarkupWriter empty(String tag, String... attributes) {
    tag(tag, attributes).append("/>\n");
    return this;
  }

  /** Text, escaped. */
  MarkupWriter text(String text) {
    escape(text, out);
    return this;
  }

  /** Our own style sheet or prologue, as it is. */
  MarkupWriter raw(String markup) {
    out.append(markup);
    return this;
  }

  /** The whole document. */
  String finish() {
    if (!open.isEmpty()) {
      throw new IllegalStateException(open.peek() + " is still open");
    }
    return out.toString();
  }

  private StringBuilder tag(String tag, String... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1], out);
      out.append('"');
    }
    return out;
  }

  private static boolean isInline(String tag) {
    return switch (tag) {
      case "span", "strong", "code", "pre", "tspan", "b" -> true;
      default -> false;
    };
  }

  private static void escape(String text, StringBuilder out) {
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(isLegal(c) ? c : 0xFFFD);
              }
            });
  }

  /** Characters that XML 1.0 allows. */
  private static boolean isLegal(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }
}
