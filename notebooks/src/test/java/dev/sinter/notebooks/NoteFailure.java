package dev.sinter.notebooks;

/** A paragraph failed; the message holds its code and its output. */
final class NoteFailure extends AssertionError {
  private static final long serialVersionUID = 1;

  NoteFailure(ParagraphResult result) {
    super(result.describe());
  }
}
