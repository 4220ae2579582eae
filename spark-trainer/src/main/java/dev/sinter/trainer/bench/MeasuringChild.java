package dev.sinter.trainer.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/** What runs in a {@link MeasuringProcess}: it prints what it measured as a line of JSON. */
final class MeasuringChild {
  static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * What the process prints last.
   *
   * @param measurement what it measured, or nothing
   * @param failure what went wrong, or nothing
   */
  record Answer(JsonNode measurement, Failure failure) {}

  /** A coded failure on its way to the parent. */
  record Failure(String category, String code, String problem, String remedy) {}

  /** Makes the measurement of a case. */
  @FunctionalInterface
  interface Measure<C> {
    /** The measurement, which can be written as JSON. */
    Object of(C measured) throws IOException;
  }

  private MeasuringChild() {}

  /** Measures the case that the argument holds as JSON, and ends the process. */
  static <C> void run(String[] arguments, Class<C> type, Measure<C> measure) throws IOException {
    PrintStream out = System.out;
    System.setOut(System.err); // libraries may greet: the answer is the only line there
    Answer answer;
    try {
      Object measurement = measure.of(JSON.readValue(arguments[0], type));
      answer = new Answer(JSON.valueToTree(measurement), null);
    } catch (SinterException e) {
      answer =
          new Answer(null, new Failure(e.category().name(), e.code(), e.getMessage(), e.remedy()));
    }
    out.println(JSON.writeValueAsString(answer));
    out.flush();
    System.exit(0);
  }

  /** The parent holds the other end of standard input; when it is gone, nobody wants the answer. */
  static void endWithParent() {
    Thread watch = new Thread(MeasuringChild::awaitEndOfInput, "sinter-parent-watch");
    watch.setDaemon(true);
    watch.start();
  }

  private static void awaitEndOfInput() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // as good as the end
    }
    Runtime.getRuntime().halt(1);
  }
}
