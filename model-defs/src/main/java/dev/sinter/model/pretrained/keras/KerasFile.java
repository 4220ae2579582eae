package dev.sinter.model.pretrained.keras;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.WeightFile;
import dev.sinter.model.pretrained.WeightTensor;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file of Keras' {@code save} or {@code save_weights}.
 *
 * @param configuration the network as JSON, if the file describes it
 * @param weights named {@code layer/kernel}, {@code layer/bias}, {@code layer/gamma}, {@code
 *     layer/beta}, {@code layer/moving_mean}, {@code layer/moving_variance} and so on, whatever
 *     version of Keras wrote them
 */
public record KerasFile(Optional<String> configuration, WeightFile weights) {
  /** Of TensorFlow's variables, behind their names. */
  private static final String NUMBER = ":\\d+$";

  /** Keras 1's ends of names, and today's. */
  private static final Map<String, String> OLD_NAMES =
      Map.of(
          "W", "kernel",
          "b", "bias",
          "running_mean", "moving_mean",
          "running_std", "moving_variance"); // its content was the variance all along

  /**
   * Reads a file, with all of its values.
   *
   * @throws SinterException {@code WEIGHTS_UNREADABLE} for a damaged or truncated one
   */
  public static KerasFile read(Path file) {
    requireWhole(file);
    try (HdfFile hdf = new HdfFile(file)) {
      Group model = hdf.getChildren().get("model_weights") instanceof Group group ? group : hdf;
      List<WeightTensor> tensors = new ArrayList<>();
      Room room = new Room(Files.size(file));
      for (String name : names(model.getAttribute("layer_names"))) {
        readLayer(name, (Group) node(model, name), room, tensors);
      }
      return new KerasFile(
          text(hdf.getAttribute("model_config")), WeightFile.of(file.toString(), tensors));
    } catch (SinterException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) { // whatever the reader trips over
      throw new SinterException(
          ErrorCategory.DATA,
          "WEIGHTS_UNREADABLE",
          file + " cannot be read as a Keras HDF5 file: " + e.getMessage(),
          "Download or export the file again, and compare its size and checksum with the source's.",
          e);
    }
  }

  /** The reader maps parts of a file when it needs them; a cut file may seem whole to it. */
  private static void requireWhole(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer start = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(start, 0);
      int version = start.get(8);
      // Where the superblock says how long the file is.
      int place = version == 0 ? 40 : version == 1 ? 44 : 28;
      long length = start.position() < 64 ? Long.MAX_VALUE : start.getLong(place);
      if (channel.size() < length) {
        throw new SinterException(
            ErrorCategory.DATA,
            "WEIGHTS_UNREADABLE",
            file + " is incomplete: it has " + channel.size() + " bytes",
            "Download or export the file again, and compare its size and checksum with the source's.");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void readLayer(String name, Group layer, Room room, List<WeightTensor> tensors) {
    String[] paths = names(layer.getAttribute("weight_names"));
    List<String> ends = Arrays.stream(paths).map(path -> end(name, path)).toList();
    // A layer of layers has several kernels.
    boolean distinct = ends.stream().distinct().count() == ends.size();
    for (int at = 0; at < paths.length; at++) {
      Dataset values = (Dataset) node(layer, paths[at]);
      int[] sides = values.getDimensions();
      room.take(paths[at], values);
      long[] shape = new long[sides.length];
      for (int i = 0; i < sides.length; i++) {
        shape[i] = sides[i];
      }
      String end = distinct ? ends.get(at) : paths[at].replaceAll(NUMBER, "");
      tensors.add(WeightTensor.of(name + "/" + end, shape, floats(values.getDataFlat())));
    }
  }

  /**
   * What lies at a path within the file. Links are refused, although Keras' readers would follow
   * them: one into another file would read what whoever imports did not name.
   */
  private static Node node(Group start, String path) {
    Node node = start;
    for (String name : path.split("/", -1)) {
      if (name.isEmpty()) {
        continue;
      }
      node = node instanceof Group group ? group.getChildren().get(name) : null;
      if (node == null) {
        throw new IllegalArgumentException("there is no " + path);
      }
      if (node.isLink()) {
        throw new IllegalArgumentException(path + " is a link, maybe to another file");
      }
    }
    return node;
  }

  /**
   * What may still be read: a file says how large its tensors are before it has to show them.
   * Compressed ones grow by at most deflate's 1032.
   */
  private static final class Room {
    private static final long DEFLATE = 1032;
    private final long fileSize;
    private long taken;

    Room(long fileSize) {
      this.fileSize = fileSize;
    }

    void take(String path, Dataset values) {
      long size = values.getDataType().getSize();
      for (int side : values.getDimensions()) {
        size = Math.multiplyExact(size, side);
      }
      taken = Math.addExact(taken, size);
      if (size < 0 || taken > fileSize * (values.getFilters().isEmpty() ? 1 : DEFLATE)) {
        throw new IllegalArgumentException(
            path + " would have " + size + " bytes, more than the file holds");
      }
    }
  }

  /** None where the attribute is empty, as for a layer without weights. */
  private static String[] names(Attribute attribute) {
    return attribute != null
            && !attribute.isEmpty()
            && attribute.getData() instanceof String[] names
        ? names
        : new String[0];
  }

  private static String end(String layer, String path) {
    String name = path.substring(path.lastIndexOf('/') + 1).replaceAll(NUMBER, "");
    if (!name.startsWith(layer + "_")) {
      return name;
    }
    String end = name.substring(layer.length() + 1);
    return OLD_NAMES.getOrDefault(end, end);
  }

  private static float[] floats(Object data) {
    if (data instanceof float[] values) {
      return values;
    }
    double[] doubles = (double[]) data;
    float[] values = new float[doubles.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) doubles[i];
    }
    return values;
  }

  private static Optional<String> text(Attribute attribute) {
    return attribute != null && attribute.getData() instanceof String text
        ? Optional.of(text)
        : Optional.empty();
  }
}
