package dev.sinter.trainer.run;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Consumer;

/** Lines for people. */
public final class Console {
  private final Consumer<String> out;

  /** Lines to a stream. */
  public Console(PrintStream stream) {
    this(
        line -> {
          stream.println(line);
          stream.flush();
        });
  }

  /** Lines to whoever takes them. */
  public Console(Consumer<String> out) {
    this.out = out;
  }

  /** Prints a line, formatted independently of the locale. */
  public void line(String format, Object... values) {
    out.accept(String.format(Locale.ROOT, format, values));
  }

  /** Seconds as {@code 4.2 s} or {@code 3 min 05 s}. */
  public static String duration(double seconds) {
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
  }
}
