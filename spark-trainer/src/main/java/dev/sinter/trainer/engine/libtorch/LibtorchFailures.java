package dev.sinter.trainer.engine.libtorch;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.Objects;

/** Gives libtorch's exceptions a code. */
final class LibtorchFailures {
  private LibtorchFailures() {}

  static SinterException explain(Throwable failure, String vertex) {
    if (failure instanceof SinterException coded) {
      return coded;
    }
    String message = Objects.toString(failure.getMessage(), failure.toString());
    String firstLine = message.lines().findFirst().orElse(message);
    if (failure instanceof OutOfMemoryError
        || message.contains("can't allocate memory")
        || message.contains("not enough memory")) {
      return new SinterException(
          ErrorCategory.RESOURCES,
          "OUT_OF_MEMORY",
          "vertex " + vertex + ": " + firstLine,
          "lower train.micro-batch-size, or give the executor more memory outside the Java heap"
              + " (spark.executor.memoryOverhead)",
          failure);
    }
    if (message.contains("CUDA out of memory") || message.contains("CUDA error: out of memory")) {
      return new SinterException(
          ErrorCategory.RESOURCES,
          "OUT_OF_MEMORY",
          "vertex " + vertex + ": " + firstLine,
          "lower train.micro-batch-size (more train.lanes keep the global batch), choose a smaller model or"
              + " data.size, and see with nvidia-smi that nobody else uses the GPU",
          failure);
    }
    if (message.contains("no kernel image is available")) {
      return new SinterException(
          ErrorCategory.RESOURCES,
          "GPU_NOT_SUPPORTED",
          "vertex " + vertex + ": libtorch's CUDA library has no code for this GPU: " + firstLine,
          "use GPUs of compute capability 7.5 or newer, or drop the spark.*.resource.gpu.* settings",
          failure);
    }
    if (message.contains("does not have a deterministic implementation")) {
      return new SinterException(
          ErrorCategory.RESOURCES,
          "OPERATION_NOT_DETERMINISTIC",
          "vertex " + vertex + ": " + firstLine,
          "set engine.deterministic: false, or train this network on the CPU, which always repeats its bits",
          failure);
    }
    if (message.contains("is out of bounds") || message.contains("one_hot")) {
      return new SinterException(
          ErrorCategory.DATA,
          "LABEL_OUT_OF_RANGE",
          "a label is not a class of the network: " + firstLine,
          "compare the classes of the dataset (its dataset.json) with those of the model",
          failure);
    }
    return new SinterException(
        ErrorCategory.BUG,
        "LIBTORCH_FAILED",
        "vertex " + vertex + ": " + firstLine,
        "report this; engine.name: nd4j may run the network meanwhile",
        failure);
  }
}
