package dev.sinter.trainer.engine.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Asks the driver's command line tool. Its numbers are CUDA's with {@code
 * CUDA_DEVICE_ORDER=PCI_BUS_ID}, or where all GPUs of a host are alike.
 */
public final class NvidiaSmi {
  private static final List<String> COMMAND =
      List.of(
          "nvidia-smi",
          "--query-gpu=index,compute_cap,memory.free,memory.total,name",
          "--format=csv,noheader,nounits");
  private static final int COLUMNS = 5;
  private static final long TIMEOUT_SECONDS = 30;

  private NvidiaSmi() {}

  /** A GPU by number; empty where the tool is missing, fails or does not list it. */
  public static Optional<CudaDevice> device(int index) {
    return find(output(), index);
  }

  /** Finds a GPU in the tool's output: number, capability, MiB free, MiB in all, name. */
  static Optional<CudaDevice> find(String output, int index) {
    return output
        .lines()
        .map(line -> line.split(",", COLUMNS))
        .filter(columns -> columns.length == COLUMNS)
        .filter(columns -> columns[0].strip().equals(Integer.toString(index)))
        .findFirst()
        .flatMap(NvidiaSmi::parse);
  }

  private static Optional<CudaDevice> parse(String[] columns) {
    try {
      return Optional.of(
          new CudaDevice(
              columns[4].strip(),
              ComputeCapability.parse(columns[1]),
              Long.parseLong(columns[2].strip()) << 20,
              Long.parseLong(columns[3].strip()) << 20));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // "[N/A]", as for memory that CPU and GPU share
    }
  }

  private static String output() {
    try {
      Process process =
          new ProcessBuilder(COMMAND)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
              .start();
      // Reading would wait for its end, without a deadline; a line per GPU fits the pipe.
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "";
      }
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.exitValue() == 0 ? text : "";
    } catch (IOException | UncheckedIOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
