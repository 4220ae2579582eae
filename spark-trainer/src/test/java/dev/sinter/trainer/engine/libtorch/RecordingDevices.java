package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.EngineSettings.Determinism;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.engine.device.CudaRuntime;
import dev.sinter.trainer.engine.device.KnownGpus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Two GPUs a process that compute with the processor. Each writes what it was asked to copy to a
 * file when it is closed, since it may be in another process than the test.
 *
 * @param folder for the files
 */
public record RecordingDevices(String folder) implements TensorDevices {
  private static final String SEPARATOR = "@";

  /**
   * What one replica's device did.
   *
   * @param device its number
   * @param process that it was opened in
   * @param transfers such as {@code TO_DEVICE 1024}, in order
   */
  public record Log(int device, long process, List<String> transfers) {}

  @Override
  public CudaRuntime cuda() {
    return KnownGpus.alike(2, "9.0");
  }

  @Override
  public TensorDevice open(ComputeDevice device, Determinism determinism) {
    return new RecordingDevice(transfers -> write(device, transfers));
  }

  private void write(ComputeDevice device, List<RecordingDevice.Transfer> transfers) {
    String prefix = device.index() + SEPARATOR + ProcessHandle.current().pid() + SEPARATOR;
    try {
      Path file = Files.createTempFile(Path.of(folder), prefix, ".txt");
      Files.write(file, transfers.stream().map(RecordingDevice.Transfer::toString).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What all devices did, by process and number. */
  public List<Log> logs() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      return files.sorted().map(RecordingDevices::read).toList();
    }
  }

  private static Log read(Path file) {
    String[] name = file.getFileName().toString().split(SEPARATOR, -1);
    try {
      return new Log(Integer.parseInt(name[0]), Long.parseLong(name[1]), Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
