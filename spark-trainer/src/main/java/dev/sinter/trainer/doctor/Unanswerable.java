package dev.sinter.trainer.doctor;

/** A question that cannot be asked here, and is no failure of its own. */
final class Unanswerable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Unanswerable(String why) {
    super(why);
  }
}
