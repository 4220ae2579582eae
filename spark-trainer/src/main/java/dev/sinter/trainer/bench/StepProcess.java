package dev.sinter.trainer.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.NativeLibraries;
import java.io.IOException;
import java.io.PrintStream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** The main class of the process that makes one measurement and prints it as a line of JSON. */
public final class StepProcess {
  static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int WARM_UP_STEPS = 3;

  /**
   * What the process prints last.
   *
   * @param measurement what it measured, or nothing
   * @param failure what went wrong, or nothing
   */
  record Answer(StepMeasurement measurement, Failure failure) {}

  /** A coded failure on its way to the parent. */
  record Failure(String category, String code, String problem, String remedy) {}

  private StepProcess() {}

  /** Measures the case that the argument holds as JSON. */
  public static void main(String[] arguments) throws IOException {
    endWithParent();
    PrintStream out = System.out;
    System.setOut(System.err); // libraries may greet: the answer is the only line there
    NativeLibraries.select();
    Answer answer;
    try {
      answer = new Answer(measure(JSON.readValue(arguments[0], StepCase.class)), null);
    } catch (SinterException e) {
      answer =
          new Answer(null, new Failure(e.category().name(), e.code(), e.getMessage(), e.remedy()));
    }
    out.println(JSON.writeValueAsString(answer));
    out.flush();
    System.exit(0);
  }

  /** The parent holds the other end of standard input; when it is gone, nobody wants the answer. */
  private static void endWithParent() {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  continue;
                }
              } catch (IOException e) {
                // as good as the end
              }
              Runtime.getRuntime().halt(1);
            },
            "sinter-parent-watch");
    watch.setDaemon(true);
    watch.start();
  }

  static StepMeasurement measure(StepCase step) {
    Loader.load(torch.class);
    long base = ProcessMemory.residentBytes();
    try (StepLoop loop = StepLoop.of(step)) {
      warmUp(loop, step);
      ProcessMemory.resetPeak();
      long steps = 0;
      long start = System.nanoTime();
      double seconds;
      do {
        loop.step();
        steps++;
        seconds = (System.nanoTime() - start) / 1e9;
      } while (seconds < step.seconds() || steps < step.steps());
      return new StepMeasurement(
          steps * step.microBatchSize() / seconds, steps, ProcessMemory.peakBytes(), base);
    }
  }

  /** Three steps, or what fits into the time that is measured. */
  private static void warmUp(StepLoop loop, StepCase step) {
    long start = System.nanoTime();
    int steps = 0;
    do {
      loop.step();
      steps++;
    } while (steps < WARM_UP_STEPS && (System.nanoTime() - start) / 1e9 < step.seconds());
  }
}
