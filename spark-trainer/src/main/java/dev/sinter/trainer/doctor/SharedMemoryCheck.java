package dev.sinter.trainer.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Room in {@code /dev/shm}, through which workers of one host exchange. */
final class SharedMemoryCheck implements Check {
  private static final Path FOLDER = Path.of("/dev/shm");
  private static final String KEY = "spark.sinter.exchange.sharedMemory";
  private static final long WORKER_BYTES = 16L << 20;

  @Override
  public String name() {
    return "shared-memory";
  }

  @Override
  public List<Finding> examine(Site site) {
    Crowding crowding = Crowding.of(site);
    if (site.embedded() || crowding.executorsPerHost() == 1) {
      return List.of(Finding.ok(name(), "not needed: one executor per host"));
    }
    if (!site.conf().getBoolean(KEY, true)) {
      return List.of(Finding.ok(name(), "not used: " + KEY + " is false"));
    }
    if (site.conf().getBoolean("spark.network.crypto.enabled", false)) {
      return List.of(Finding.ok(name(), "not used: the exchange is encrypted"));
    }
    long needed = WORKER_BYTES * crowding.workersPerExecutor() * crowding.executorsPerHost();
    long least = Long.MAX_VALUE;
    String who = "";
    for (Answer<Long> answer : site.ask(SharedMemoryCheck::room)) {
      if (answer.value() < least) {
        least = answer.value();
        who = answer.who();
      }
    }
    String found =
        Wording.bytes(least) + " free in /dev/shm, " + Wording.bytes(needed) + " needed for a host";
    return List.of(
        least < needed
            ? Finding.warning(
                name(),
                found + " (" + who + "): workers exchange through sockets, more slowly",
                "a larger /dev/shm (--shm-size; on Kubernetes an emptyDir with medium Memory)")
            : Finding.ok(name(), found));
  }

  private static long room() throws java.io.IOException {
    return Files.isWritable(FOLDER) ? Files.getFileStore(FOLDER).getUsableSpace() : 0;
  }
}
