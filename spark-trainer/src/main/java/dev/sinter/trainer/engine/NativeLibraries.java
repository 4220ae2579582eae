package dev.sinter.trainer.engine;

import java.io.File;

/**
 * Chooses ND4J's native library by CPU, and libtorch's with CUDA where it is on the class path,
 * before either is loaded. libtorch chooses its kernels itself.
 *
 * <p>To be called first in every JVM that touches them: driver and executors.
 */
public final class NativeLibraries {
  private static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";
  private static final String GPU = "-gpu";
  private static final String LIBTORCH_WITH_CUDA =
      "org/bytedeco/pytorch/linux-x86_64-gpu/libjnitorch.so";

  private NativeLibraries() {}

  /** Sets javacpp's platform extension unless somebody has. */
  public static synchronized void select() {
    if (System.getProperty(EXTENSION) == null) {
      boolean withCuda =
          NativeLibraries.class.getClassLoader().getResource(LIBTORCH_WITH_CUDA) != null;
      String forCpu = extensionFor(Processor.current());
      System.setProperty(EXTENSION, withCuda ? withGpu(forCpu) : forCpu);
    }
  }

  /**
   * The same and {@code -gpu}. The property is one for all of javacpp's libraries: a list, in which
   * libtorch's presets look at the first entry and javacpp at how the whole ends.
   */
  static String withGpu(String extension) {
    return extension.isEmpty() ? GPU : String.join(File.pathSeparator, GPU, extension, GPU);
  }

  /** {@code -onednn-avx512}, {@code -onednn-avx2}, or nothing for the plain build. */
  static String extensionFor(Processor processor) {
    if (processor.hasAvx512()) {
      return "-onednn-avx512";
    }
    return processor.hasAvx2() ? "-onednn-avx2" : "";
  }
}
