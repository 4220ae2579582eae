package dev.sinter.trainer.engine;

import java.util.Map;

/**
 * How glibc's allocator serves libtorch best. Every step allocates and frees the same large
 * tensors; by default each comes as fresh pages from the kernel, which have to be cleared: a tenth
 * of a step.
 *
 * <p>As environment variables, since the allocator reads them before Java starts.
 */
public final class NativeAllocator {
  /** Large blocks stay in the process and are used again. */
  public static final Map<String, String> ENVIRONMENT =
      Map.of(
          "MALLOC_ARENA_MAX", "1",
          "MALLOC_MMAP_MAX_", "0",
          "MALLOC_TRIM_THRESHOLD_", "1000000000000",
          "MALLOC_TOP_PAD_", "268435456");

  private NativeAllocator() {}
}
