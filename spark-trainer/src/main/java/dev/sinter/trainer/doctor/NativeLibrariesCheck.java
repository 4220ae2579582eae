package dev.sinter.trainer.doctor;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.NativeLibraries;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J and libtorch, loaded and used on every executor. */
final class NativeLibrariesCheck implements Check {
  private static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";
  private static final int SIDE = 4;

  /**
   * What an executor loaded.
   *
   * @param backend ND4J's
   * @param build of ND4J, by CPU
   * @param kernels of libtorch, by CPU
   */
  record Loaded(String backend, String build, String kernels) implements Serializable {
    @Override
    public String toString() {
      return "ND4J " + backend + " (" + build + ") and libtorch (" + kernels + " kernels)";
    }
  }

  @Override
  public String name() {
    return "native-libraries";
  }

  @Override
  public List<Finding> examine(Site site) {
    List<Answer<Loaded>> answers = site.ask(NativeLibrariesCheck::load);
    Set<Loaded> all = Site.values(answers);
    String loaded =
        " loaded on "
            + (site.embedded() ? "this machine" : Wording.count(answers.size(), "executor"));
    if (all.size() > 1) {
      return List.of(
          Finding.warning(
              name(), all + loaded, "executors of one type of CPU: other kernels give other bits"));
    }
    return List.of(Finding.ok(name(), all.iterator().next() + loaded));
  }

  @SuppressWarnings("try")
  private static Loaded load() {
    try {
      NativeLibraries.load("org.bytedeco.pytorch.global.torch");
      INDArray ones = Nd4j.ones(SIDE, SIDE);
      requireProduct("ND4J", ones.mmul(ones).sumNumber().doubleValue());
      String kernels;
      try (PointerScope scope = new PointerScope()) {
        Tensor tensor = torch.ones(new long[] {SIDE, SIDE}, new TensorOptions());
        requireProduct("libtorch", torch.mm(tensor, tensor).sum().item_double());
        try (BytePointer capability = torch.get_cpu_capability()) {
          kernels = capability.getString();
        }
      }
      String build = System.getProperty(EXTENSION, "");
      return new Loaded(
          Nd4j.getBackend().getClass().getSimpleName(),
          build.isEmpty() ? "plain" : build.substring(1),
          kernels);
    } catch (LinkageError e) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "NATIVE_LIBRARY_MISSING",
          "a native library cannot be loaded: " + e.toString().lines().findFirst().orElse(""),
          "Linux on x86-64 with glibc 2.28 or newer, and all jars for the executors (--jars, or"
              + " spark.executor.extraClassPath)");
    }
  }

  private static void requireProduct(String library, double sum) {
    if (sum != SIDE * SIDE * SIDE) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "CHECK_FAILED",
          library + " computes " + sum + " for a sum that is " + SIDE * SIDE * SIDE,
          "another host; report it with the type of its CPU");
    }
  }
}
