package dev.sinter.model.pretrained;

import static dev.sinter.model.pretrained.WeightFile.unreadable;

import dev.sinter.model.pretrained.keras.KerasFile;
import dev.sinter.model.pretrained.onnx.OnnxWeights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;

/** Weight files of any kind, told apart by their content. */
public final class WeightFiles {
  private WeightFiles() {}

  /** What a file is. */
  public enum Format {
    /** DL4J's own zip. */
    DL4J,
    /** Keras, version 2 and before. */
    HDF5,
    /** A graph with its weights. */
    ONNX,
    /** Tensors with a JSON header. */
    SAFETENSORS,
    /** A state dict. */
    TORCH
  }

  /**
   * Looks at the first bytes of a file.
   *
   * @throws dev.sinter.error.SinterException {@code WEIGHTS_UNREADABLE} for anything else
   */
  public static Format format(Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] start = stream.readNBytes(9);
      if (start.length < 2) {
        throw unreadable(file.toString(), "it has " + start.length + " bytes");
      }
      // First, since its length before it may begin like anything else.
      if (start.length == 9 && start[8] == '{') {
        return Format.SAFETENSORS;
      }
      if (start[0] == 'P' && start[1] == 'K') {
        return isDl4j(file) ? Format.DL4J : Format.TORCH;
      }
      if ((start[0] & 0xFF) == 0x89 && start[1] == 'H') {
        return Format.HDF5;
      }
      if ((start[0] & 0xFF) == 0x80) {
        return Format.TORCH;
      }
      if (start[0] == 0x08) { // the field ir_version
        return Format.ONNX;
      }
    } catch (IOException e) {
      throw unreadable(file.toString(), e.toString(), e);
    }
    throw unreadable(
        file.toString(), "it begins like no safetensors, torch, Keras HDF5, ONNX or DL4J file");
  }

  /** Reads the tensors of a file that is not DL4J's. */
  public static WeightFile read(Path file) {
    return switch (format(file)) {
      case SAFETENSORS -> SafetensorsFile.read(file);
      case TORCH -> TorchFile.read(file);
      case ONNX -> OnnxWeights.read(file);
      case HDF5 -> KerasFile.read(file).weights();
      case DL4J -> throw new IllegalArgumentException(file + " is DL4J's");
    };
  }

  private static boolean isDl4j(Path file) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      return zip.getEntry("configuration.json") != null;
    } catch (IOException e) {
      throw unreadable(file.toString(), "it is a damaged or incomplete zip file", e);
    }
  }
}
