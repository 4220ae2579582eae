package dev.sinter.trainer.checkpoint;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.FlatVector;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.hadoop.fs.ChecksumException;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@code model.zip}: a file that stock DL4J's {@code ModelSerializer} opens, with Sinter's manifest
 * beside the configuration and the coefficients.
 *
 * <p>Not compressed: float32 weights deflate by a tenth at best, at a hundred times the cost of
 * writing them.
 */
final class ModelZip {
  static final String FILE_NAME = "model.zip";
  private static final String CONFIGURATION = "configuration.json";
  private static final String COEFFICIENTS = "coefficients.bin";
  private static final String MANIFEST = "sinter.json";
  private static final String ALLOCATION = DataBuffer.AllocationMode.MIXED_DATA_TYPES.name();
  private static final int BLOCK_FLOATS = 16384;
  private static final int TEXT_LIMIT = 64 << 20;

  /** Rank, shape, strides and three more numbers; DL4J's arrays have at most 32 dimensions. */
  private static final int SHAPE_LIMIT = 2 * 32 + 4;

  /** What deflate makes of a byte at most; another program may have compressed the file. */
  private static final long DEFLATE = 1032;

  private ModelZip() {}

  /** Writes all three entries; closes the stream. */
  static void write(
      OutputStream stream,
      String configurationJson,
      FlatVector parameters,
      CheckpointManifest manifest)
      throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(stream)) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      putText(zip, CONFIGURATION, configurationJson);
      putText(zip, MANIFEST, manifest.toJson());
      zip.putNextEntry(entry(COEFFICIENTS));
      writeCoefficients(zip, parameters);
      zip.closeEntry();
    }
  }

  /**
   * Reads a model and, when {@code parameters} are wanted, its weights.
   *
   * @param fileBytes length of the file, which bounds what is believed of the sizes in it
   * @param source path for messages
   * @throws SinterException {@code MODEL_UNREADABLE} for a truncated, foreign or manifest-less file
   */
  static StoredModel read(InputStream stream, long fileBytes, String source) throws IOException {
    String configuration = null;
    CheckpointManifest manifest = null;
    FlatVector parameters = null;
    try (ZipInputStream zip = new ZipInputStream(new BufferedInputStream(stream, 1 << 16))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        switch (entry.getName()) {
          case CONFIGURATION -> configuration = readText(zip, CONFIGURATION);
          case MANIFEST -> manifest = CheckpointManifest.fromJson(readText(zip, MANIFEST), source);
          case COEFFICIENTS -> {
            if (parameters != null) {
              throw new ZipException("two entries " + COEFFICIENTS);
            }
            parameters = readCoefficients(zip, fileBytes);
          }
          default -> {
            // an updater or normaliser that DL4J may have added
          }
        }
      }
    } catch (EOFException | ZipException | ChecksumException | IllegalArgumentException e) {
      closeIfOpen(parameters);
      throw unreadable(source, "it is damaged or incomplete (" + e.getMessage() + ")", e);
    }
    if (configuration == null || manifest == null || parameters == null) {
      closeIfOpen(parameters);
      throw unreadable(
          source,
          "it lacks "
              + (configuration == null
                  ? CONFIGURATION
                  : manifest == null ? MANIFEST : COEFFICIENTS),
          null);
    }
    return new StoredModel(configuration, parameters, manifest);
  }

  private static void writeCoefficients(OutputStream stream, FlatVector parameters)
      throws IOException {
    DataOutputStream out = new DataOutputStream(stream);
    long length = parameters.length();
    long[] shapeInfo =
        Nd4j.getShapeInfoProvider()
            .createShapeInformation(new long[] {1, length}, 'c', DataType.FLOAT)
            .getSecond();
    header(out, shapeInfo.length, DataType.INT64);
    for (long value : shapeInfo) {
      out.writeLong(value);
    }
    header(out, length, DataType.FLOAT);
    ByteBuffer block = ByteBuffer.allocate(BLOCK_FLOATS * Float.BYTES).order(ByteOrder.BIG_ENDIAN);
    for (long offset = 0; offset < length; offset += BLOCK_FLOATS) {
      int count = (int) Math.min(BLOCK_FLOATS, length - offset);
      block.asFloatBuffer().put(parameters.floats(offset, count));
      out.write(block.array(), 0, count * Float.BYTES);
    }
    out.flush();
  }

  private static String readText(InputStream zip, String entry) throws IOException {
    byte[] text = zip.readNBytes(TEXT_LIMIT + 1);
    if (text.length > TEXT_LIMIT) {
      throw new ZipException(entry + " has more than " + TEXT_LIMIT + " bytes");
    }
    return new String(text, StandardCharsets.UTF_8);
  }

  private static FlatVector readCoefficients(InputStream stream, long fileBytes)
      throws IOException {
    DataInputStream in = new DataInputStream(stream);
    long shapeLength = readHeader(in, DataType.INT64, SHAPE_LIMIT);
    in.skipNBytes(shapeLength * Long.BYTES);
    // Before anything of that size is allocated.
    long length = readHeader(in, DataType.FLOAT, fileBytes * DEFLATE / Float.BYTES);
    FlatVector parameters = FlatVector.ofFloats(length);
    try {
      byte[] block = new byte[BLOCK_FLOATS * Float.BYTES];
      for (long offset = 0; offset < length; offset += BLOCK_FLOATS) {
        int count = (int) Math.min(BLOCK_FLOATS, length - offset);
        in.readFully(block, 0, count * Float.BYTES);
        parameters
            .floats(offset, count)
            .put(
                ByteBuffer.wrap(block).order(ByteOrder.BIG_ENDIAN).asFloatBuffer().slice(0, count));
      }
      return parameters;
    } catch (IOException | RuntimeException e) {
      parameters.close();
      throw e;
    }
  }

  private static void header(DataOutputStream out, long length, DataType type) throws IOException {
    out.writeUTF(ALLOCATION);
    out.writeLong(length);
    out.writeUTF(type.name());
  }

  private static long readHeader(DataInputStream in, DataType expected, long limit)
      throws IOException {
    in.readUTF();
    long length = in.readLong();
    String type = in.readUTF();
    if (!type.equals(expected.name()) || length < 0 || length > limit) {
      throw new ZipException("coefficients of type " + type + ", length " + length);
    }
    return length;
  }

  private static void putText(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(entry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }

  private static ZipEntry entry(String name) {
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(0); // the same model gives the same bytes
    return entry;
  }

  private static void closeIfOpen(FlatVector parameters) {
    if (parameters != null) {
      parameters.close();
    }
  }

  private static SinterException unreadable(String source, String why, Throwable cause) {
    return new SinterException(
        ErrorCategory.DATA,
        "MODEL_UNREADABLE",
        source + " is not a model that Sinter can use: " + why,
        "give a checkpoint directory, a run directory or a model.zip that `sinter train` wrote",
        cause);
  }
}
