package dev.sinter.trainer.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * What this machine's processor can do.
 *
 * @param flags as Linux lists them; empty elsewhere
 */
public record Processor(Set<String> flags) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** This machine's. */
  public static Processor current() {
    try (var lines = Files.lines(CPU_INFO)) {
      return new Processor(
          lines
              .filter(line -> line.startsWith("flags"))
              .findFirst()
              .map(line -> (Set<String>) new TreeSet<>(Arrays.asList(line.split("\\s+"))))
              .orElse(Set.of()));
    } catch (IOException e) {
      return new Processor(Set.of()); // not Linux: what runs everywhere
    }
  }

  /** The name that this machine's processor gives itself; empty where Linux does not say. */
  public static String model() {
    try (var lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("");
    } catch (IOException e) {
      return ""; // not Linux
    }
  }

  /** Whether products of bfloat16 are faster than those of 32-bit floats, not emulated by them. */
  public boolean multipliesBfloat16() {
    return flags.contains("avx512_bf16") || flags.contains("amx_bf16");
  }

  /** Whether it has the parts of AVX-512 that oneDNN's fastest build uses. */
  public boolean hasAvx512() {
    return flags.containsAll(Set.of("avx512f", "avx512bw", "avx512dq", "avx512vl"));
  }

  /** Whether it has AVX2 and fused multiply-add. */
  public boolean hasAvx2() {
    return flags.containsAll(Set.of("avx2", "fma"));
  }
}
