package dev.sinter.trainer.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The driver that trains in a folder.
 *
 * @param id of the lease
 * @param host for people
 * @param machine start of the machine and process namespace in which {@code pid} counts; empty
 *     where the system does not tell
 * @param pid its process
 * @param started when the process did, to know it from a later one with its number
 * @param renewals how often the lease was renewed
 */
record LeaseHolder(
    String id, String host, String machine, long pid, String started, long renewals) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whether a process is known to run. */
  enum Life {
    RUNS,
    ENDED,
    UNKNOWN
  }

  /** This process. */
  static LeaseHolder here(String id) {
    ProcessHandle process = ProcessHandle.current();
    return new LeaseHolder(id, hostName(), machineName(), process.pid(), startOf(process), 0);
  }

  LeaseHolder renewed() {
    return new LeaseHolder(id, host, machine, pid, started, renewals + 1);
  }

  /** What this process can tell of the holder: of another machine's, nothing. */
  Life life() {
    if (machine.isEmpty() || !machine.equals(machineName())) {
      return Life.UNKNOWN;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    if (process.isEmpty()) {
      return Life.ENDED;
    }
    // Another start may be another process, or the same one after the clock was set.
    return startOf(process.get()).equals(started) ? Life.RUNS : Life.UNKNOWN;
  }

  String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads, unless the text is not whole. */
  static Optional<LeaseHolder> fromJson(String json) {
    try {
      return Optional.of(JSON.readValue(json, LeaseHolder.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static String startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("");
  }

  private static String machineName() {
    try {
      // Containers of one host share the first and not the second.
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException e) {
      return "";
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "an unknown host";
    }
  }

  @Override
  public String toString() {
    return "process " + pid + " on " + host;
  }
}
