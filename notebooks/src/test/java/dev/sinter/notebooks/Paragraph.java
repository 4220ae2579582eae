package dev.sinter.notebooks;

/**
 * A paragraph of a note.
 *
 * @param title above it; may be empty
 * @param id within the note
 * @param interpreter such as {@code spark} or {@code spark.sql}
 * @param code what is interpreted
 */
record Paragraph(String title, String id, String interpreter, String code) {
  static Paragraph of(String title, String id, String text) {
    if (!text.startsWith("%")) {
      throw new IllegalArgumentException("paragraph " + id + " names no interpreter: " + text);
    }
    int end = text.indexOf('\n');
    return end < 0
        ? new Paragraph(title, id, text.substring(1).strip(), "")
        : new Paragraph(title, id, text.substring(1, end).strip(), text.substring(end + 1));
  }
}
