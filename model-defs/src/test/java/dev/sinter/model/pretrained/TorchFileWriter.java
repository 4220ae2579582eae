package dev.sinter.model.pretrained;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes state dicts as torch.save does, in the zip format. */
final class TorchFileWriter {
  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();

  private TorchFileWriter() {}

  /** A state dict of float tensors, each in a storage of its own. */
  static void write(Collection<WeightTensor> tensors, Path file) {
    TorchFileWriter writer = new TorchFileWriter();
    writer.op(0x80, 2);
    writer.text("ccollections\nOrderedDict\n").text(")R(");
    int key = 0;
    for (WeightTensor tensor : tensors) {
      writer.unicode(tensor.name()).tensor(tensor, key++);
    }
    writer.text("u.");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      entry(zip, "archive/data.pkl", writer.pickle.toByteArray());
      key = 0;
      for (WeightTensor tensor : tensors) {
        entry(zip, "archive/data/" + key++, littleEndian(tensor.floats()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A zip file with just this pickle. */
  static void writePickle(String opcodes, Path file) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      entry(zip, "archive/data.pkl", opcodes.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  private void tensor(WeightTensor tensor, int key) {
    text("ctorch._utils\n_rebuild_tensor_v2\n((").unicode("storage").text("ctorch\nFloatStorage\n");
    unicode(String.valueOf(key))
        .unicode("cpu")
        .whole(tensor.length())
        .text("tQ")
        .whole(0)
        .text("(");
    for (long side : tensor.shape()) {
      whole(side);
    }
    text("t(");
    long stride = tensor.length();
    for (long side : tensor.shape()) {
      stride /= side;
      whole(stride);
    }
    op('t').op(0x89).text("ccollections\nOrderedDict\n)RtR");
  }

  private TorchFileWriter whole(long value) {
    op('J');
    pickle.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) value).array());
    return this;
  }

  private TorchFileWriter unicode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    op('X');
    pickle.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array());
    pickle.writeBytes(bytes);
    return this;
  }

  private TorchFileWriter text(String opcodes) {
    pickle.writeBytes(opcodes.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  private TorchFileWriter op(int... bytes) {
    for (int value : bytes) {
      pickle.write(value);
    }
    return this;
  }

  private static byte[] littleEndian(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 sum = new CRC32();
    sum.update(bytes);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(sum.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }
}
