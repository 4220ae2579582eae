package dev.sinter.trainer.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.sinter.trainer.engine.NativeLibraries;
import dev.sinter.trainer.engine.Network;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** The main class of the process that makes one measurement and prints it as a line of JSON. */
public final class StepProcess {
  private static final int WARM_UP_STEPS = 3;

  private StepProcess() {}

  /**
   * Measures the case that the argument holds as JSON; reads Sinter's network from standard input,
   * serialised as in a broadcast: a worker, too, does not make it.
   */
  public static void main(String[] arguments) throws IOException {
    MeasuringChild.run(
        arguments,
        StepCase.class,
        step -> {
          NativeLibraries.select();
          Network network = step.engine().isSinter() ? receiveNetwork() : null;
          MeasuringChild.endWithParent();
          return measure(step, () -> network);
        });
  }

  @SuppressWarnings("BanSerializableRead") // from the parent process, which started this one
  private static Network receiveNetwork() throws IOException {
    try {
      return (Network) new ObjectInputStream(System.in).readObject();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  static StepMeasurement measure(StepCase step, Supplier<Network> network) {
    Loader.load(torch.class);
    long base = ProcessMemory.residentBytes();
    try (StepLoop loop = StepLoop.of(step, network)) {
      warmUp(loop, step);
      ProcessMemory.resetPeak();
      long steps = 0;
      long cpuStart = cpuNanos();
      long start = System.nanoTime();
      double seconds;
      do {
        loop.step();
        steps++;
        seconds = (System.nanoTime() - start) / 1e9;
      } while (seconds < step.seconds() || steps < step.steps());
      double images = (double) steps * step.microBatchSize();
      return new StepMeasurement(
          images / seconds,
          (cpuNanos() - cpuStart) / 1e9 / images,
          steps,
          ProcessMemory.peakBytes(),
          base);
    }
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
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
