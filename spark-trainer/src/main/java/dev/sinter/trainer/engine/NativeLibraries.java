package dev.sinter.trainer.engine;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.bytedeco.javacpp.Loader;

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
   * Initialises a class that loads native libraries; the executors of one host and user one after
   * the other, since javacpp unpacks the files into a folder that they share, and a process that
   * maps one which another is still writing ends with SIGBUS. On a thread that nobody interrupts:
   * where Spark kills the first task of an executor while files are unpacked, the class could never
   * be used in that process again.
   *
   * @param className such as {@code org.bytedeco.pytorch.global.torch}
   * @throws LinkageError what kept it from being loaded
   */
  public static void load(String className) {
    select();
    CompletableFuture<Void> loading = new CompletableFuture<>();
    Thread loader =
        new Thread(
            () -> {
              try {
                initialise(className);
                loading.complete(null);
              } catch (ClassNotFoundException | LinkageError | RuntimeException e) {
                loading.completeExceptionally(e);
              }
            },
            "sinter-native-libraries");
    loader.setDaemon(true);
    loader.start();
    try {
      loading.join(); // an interruption is kept for whoever waits next
    } catch (CompletionException e) {
      if (e.getCause() instanceof LinkageError error) {
        throw error;
      }
      throw e;
    }
  }

  private static synchronized void initialise(String className) throws ClassNotFoundException {
    Optional<FileChannel> turn = turn();
    try {
      Class.forName(className, true, NativeLibraries.class.getClassLoader());
    } finally {
      turn.ifPresent(NativeLibraries::end);
    }
  }

  /** Locked until it is closed; nothing on a file system without locks. */
  private static Optional<FileChannel> turn() {
    try {
      Path file = Loader.getCacheDir().toPath().resolve(".sinter.lock");
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        channel.lock();
        return Optional.of(channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void end(FileChannel turn) {
    try {
      turn.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
