package dev.sinter.trainer.pretrained;

import dev.sinter.model.ParameterLayout;
import dev.sinter.model.pretrained.ElementType;
import dev.sinter.model.pretrained.WeightFile;
import dev.sinter.model.pretrained.WeightTensor;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.serde.JsonMappers;
import org.nd4j.linalg.api.buffer.BaseDataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.exc.InvalidTypeIdException;
import org.nd4j.shade.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

/**
 * A zip of DL4J's {@code ModelSerializer}, of which the configuration and the weights are read.
 * {@code ModelSerializer} itself would also deserialise the Java objects that such a file may hold,
 * and a stranger's objects run a stranger's code.
 */
final class Dl4jFile {
  private static final String CONFIGURATION = "configuration.json";
  private static final String COEFFICIENTS = "coefficients.bin";
  private static final int CONFIGURATION_LIMIT = 64 << 20;

  /** Rank, shape, strides and three more numbers; DL4J's arrays have at most 32 dimensions. */
  private static final int SHAPE_LIMIT = 2 * 32 + 4;

  private static final Map<DataType, ElementType> TYPES =
      Map.of(
          DataType.FLOAT, ElementType.F32,
          DataType.DOUBLE, ElementType.F64,
          DataType.FLOAT16, ElementType.F16);

  /** DL4J's mapper, for classes of DL4J's and of the registered models only. */
  private static final ObjectMapper JSON =
      JsonMappers.getMapper()
          .copy()
          .setPolymorphicTypeValidator(
              BasicPolymorphicTypeValidator.builder()
                  .allowIfSubType("org.deeplearning4j.nn.")
                  .allowIfSubType("org.nd4j.linalg.")
                  .allowIfSubType("dev.sinter.model.")
                  .build());

  private Dl4jFile() {}

  /** A network and its flat vector. */
  record Contents(ComputationGraphConfiguration configuration, float[] parameters) {}

  /**
   * Reads both.
   *
   * @param source for messages
   */
  static Contents read(ZipFile zip, String source) throws IOException {
    try (InputStream text = open(zip, CONFIGURATION, source)) {
      byte[] json = text.readNBytes(CONFIGURATION_LIMIT + 1);
      if (json.length > CONFIGURATION_LIMIT) {
        throw WeightFile.unreadable(
            source, CONFIGURATION + " has more than " + CONFIGURATION_LIMIT + " bytes");
      }
      ComputationGraphConfiguration configuration =
          configuration(new String(json, StandardCharsets.UTF_8), source);
      try (InputStream values = open(zip, COEFFICIENTS, source)) {
        return new Contents(
            configuration,
            parameters(
                new DataInputStream(new BufferedInputStream(values, 1 << 16)),
                ParameterLayout.of(configuration).length(),
                zip.getEntry(COEFFICIENTS).getSize(),
                source));
      }
    } catch (EOFException e) {
      throw WeightFile.unreadable(source, COEFFICIENTS + " ends early", e);
    }
  }

  private static InputStream open(ZipFile zip, String name, String source) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw WeightFile.unreadable(source, "it lacks " + name);
    }
    return zip.getInputStream(entry);
  }

  /** A configuration that names no class of anyone else's. */
  static ComputationGraphConfiguration configuration(String json, String source) {
    try {
      ComputationGraphConfiguration read =
          JSON.readValue(json, ComputationGraphConfiguration.class);
      if (read == null || read.getVertices() == null || read.getVertices().isEmpty()) {
        throw WeightFile.unreadable(source, "its configuration is not of a ComputationGraph");
      }
    } catch (InvalidTypeIdException e) {
      throw WeightFile.unsupported(
          source,
          "its configuration names "
              + (e.getTypeId() == null ? "no class where one is needed" : e.getTypeId())
              + ", which is not loaded",
          "Save a network of DL4J's own layers with DL4J 1.0.0-beta or later.");
    } catch (JsonProcessingException e) {
      throw WeightFile.unreadable(source, "its configuration: " + e.getOriginalMessage(), e);
    }
    return ComputationGraphConfiguration.fromJson(json);
  }

  /** Two buffers, each after its own header: the array's shape, then its values, big-endian. */
  private static float[] parameters(
      DataInputStream in, long expected, long entrySize, String source) throws IOException {
    var shape = BaseDataBuffer.readHeader(in);
    DataType shapeType = shape.getRight();
    long shapeLength = shape.getMiddle();
    if (!(shapeType == DataType.INT64 || shapeType == DataType.INT32)
        || shapeLength < 0
        || shapeLength > SHAPE_LIMIT) {
      throw WeightFile.unreadable(source, "the shape in " + COEFFICIENTS + " is damaged");
    }
    in.skipNBytes(shapeLength * shapeType.width());
    var header = BaseDataBuffer.readHeader(in);
    ElementType type = TYPES.get(header.getRight());
    long length = header.getMiddle();
    if (type == null) {
      throw WeightFile.unsupported(
          source,
          "its weights are of the type " + header.getRight(),
          "Save it in single precision: graph.convertDataType(DataType.FLOAT).");
    }
    // Before anything of that size is allocated.
    if (length != expected || length > entrySize / type.bytes() || entrySize > Integer.MAX_VALUE) {
      throw WeightFile.unreadable(
          source,
          COEFFICIENTS
              + " has "
              + entrySize
              + " bytes with "
              + length
              + " weights, its configuration needs "
              + expected);
    }
    byte[] bytes = new byte[Math.toIntExact(length * type.bytes())];
    in.readFully(bytes);
    return new WeightTensor(COEFFICIENTS, new long[] {length}, type, () -> ByteBuffer.wrap(bytes))
        .floats();
  }
}
