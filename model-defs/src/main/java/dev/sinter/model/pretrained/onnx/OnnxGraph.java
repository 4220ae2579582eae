package dev.sinter.model.pretrained.onnx;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.WeightTensor;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An ONNX file: its nodes in order, its weights, and what goes in and out.
 *
 * @param source the file, for messages
 * @param opset version of the default operators
 * @param nodes in topological order
 * @param initializers weights and other constants by name
 * @param inputs shapes of the inputs that are not initialisers; -1 for a free side
 * @param outputs names of the results
 */
record OnnxGraph(
    String source,
    long opset,
    List<OnnxNode> nodes,
    Map<String, WeightTensor> initializers,
    Map<String, long[]> inputs,
    List<String> outputs) {

  /**
   * Reads a file.
   *
   * @throws SinterException {@code WEIGHTS_UNREADABLE} for a damaged or truncated one
   */
  static OnnxGraph read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      return parse(file.toString(), new ProtoReader(bytes));
    } catch (SinterException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // damaged lengths and numbers show in many ways
      throw new SinterException(
          ErrorCategory.DATA,
          "WEIGHTS_UNREADABLE",
          file + " cannot be read as an ONNX file: it is damaged or incomplete",
          "Download or export the file again, and compare its size and checksum with the source's.",
          e);
    }
  }

  private static OnnxGraph parse(String source, ProtoReader model) {
    long opset = 1;
    ProtoReader graph = null;
    while (model.next()) {
      switch (model.field()) {
        case 7 -> graph = model.message();
        case 8 -> opset = Math.max(opset, opset(model.message()));
        default -> model.skip();
      }
    }
    List<OnnxNode> nodes = new ArrayList<>();
    Map<String, WeightTensor> initializers = new LinkedHashMap<>();
    Map<String, long[]> inputs = new LinkedHashMap<>();
    List<String> outputs = new ArrayList<>();
    if (graph == null) {
      throw new BufferUnderflowException();
    }
    while (graph.next()) {
      switch (graph.field()) {
        case 1 -> nodes.add(OnnxNode.read(graph.message()));
        case 5 -> {
          WeightTensor tensor = OnnxTensors.read(graph.message());
          initializers.put(tensor.name(), tensor);
        }
        case 11 -> value(graph.message(), inputs);
        case 12 -> {
          Map<String, long[]> output = new LinkedHashMap<>();
          value(graph.message(), output);
          outputs.addAll(output.keySet());
        }
        default -> graph.skip();
      }
    }
    inputs.keySet().removeAll(initializers.keySet());
    return new OnnxGraph(source, opset, nodes, initializers, inputs, outputs);
  }

  private static long opset(ProtoReader message) {
    String domain = "";
    long version = 1;
    while (message.next()) {
      switch (message.field()) {
        case 1 -> domain = message.text();
        case 2 -> version = message.number();
        default -> message.skip();
      }
    }
    return domain.isEmpty() || domain.equals("ai.onnx") ? version : 1;
  }

  /** {@code ValueInfoProto}: name, and shape of a tensor. */
  private static void value(ProtoReader message, Map<String, long[]> values) {
    String name = "";
    List<Long> shape = new ArrayList<>();
    while (message.next()) {
      switch (message.field()) {
        case 1 -> name = message.text();
        case 2 -> type(message.message(), shape);
        default -> message.skip();
      }
    }
    values.put(name, shape.stream().mapToLong(Long::longValue).toArray());
  }

  private static void type(ProtoReader message, List<Long> shape) {
    while (message.next()) {
      if (message.field() != 1) {
        message.skip();
        continue;
      }
      for (ProtoReader tensor = message.message(); tensor.next(); ) {
        if (tensor.field() == 2) {
          sides(tensor.message(), shape);
        } else {
          tensor.skip();
        }
      }
    }
  }

  private static void sides(ProtoReader message, List<Long> shape) {
    while (message.next()) {
      if (message.field() != 1) {
        message.skip();
        continue;
      }
      long side = -1;
      for (ProtoReader dimension = message.message(); dimension.next(); ) {
        if (dimension.field() == 1) {
          side = dimension.number();
        } else {
          dimension.skip();
        }
      }
      shape.add(side);
    }
  }
}
