package dev.sinter.model.pretrained;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.keras.KerasNetwork;
import dev.sinter.model.pretrained.onnx.OnnxNetwork;
import java.nio.file.Path;

/** Networks that a file describes whole: no registered name is needed. */
public final class GenericNetworks {
  private GenericNetworks() {}

  /**
   * Reads layers and weights.
   *
   * @throws SinterException {@code WEIGHTS_NEED_A_MODEL} for a file with weights alone
   */
  public static GenericNetwork read(Path file) {
    WeightFiles.Format format = WeightFiles.format(file);
    if (format == WeightFiles.Format.HDF5) {
      return KerasNetwork.read(file);
    }
    if (format == WeightFiles.Format.ONNX) {
      return OnnxNetwork.read(file);
    }
    throw needsModel(file.toString());
  }

  /** The failure of a file that does not say of which network its weights are. */
  public static SinterException needsModel(String source) {
    return new SinterException(
        ErrorCategory.USAGE,
        "WEIGHTS_NEED_A_MODEL",
        source + " holds weights and no description of their network",
        "Say with --model which network they are of; `sinter models` lists them.");
  }
}
