package dev.sinter.trainer.engine;

import java.util.Map;

/** What libtorch's libraries read from the environment when a process starts, hence before Java. */
public final class NativeEnvironment {
  /**
   * glibc's allocator: every step allocates and frees the same tensors. Blocks below 32 MiB (its
   * largest threshold) stay in the process and are used again, rather than coming as fresh pages
   * that have to be cleared. Larger ones go back to the kernel: kept as well, they would fragment,
   * at a third more memory for a U-Net.
   *
   * <p>libgomp: how long an idle thread spins; by default it takes the cores from the threads that
   * update the parameters.
   */
  public static final Map<String, String> VARIABLES =
      Map.of(
          "MALLOC_ARENA_MAX", "1",
          "MALLOC_MMAP_THRESHOLD_", "33554432",
          "MALLOC_TRIM_THRESHOLD_", "1000000000000",
          "MALLOC_TOP_PAD_", "1048576",
          "GOMP_SPINCOUNT", "20000");

  private NativeEnvironment() {}
}
