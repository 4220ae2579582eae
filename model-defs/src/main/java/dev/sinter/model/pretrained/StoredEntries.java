package dev.sinter.model.pretrained;

import static dev.sinter.model.pretrained.WeightFile.unreadable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Entries of a zip file of torch's, which are never compressed. What inflates is refused, so that
 * no entry takes more memory than the file has bytes.
 */
final class StoredEntries {
  private StoredEntries() {}

  /** The entry, or null if there is none. */
  static ZipEntry find(ZipFile zip, String name) {
    ZipEntry entry = zip.getEntry(name);
    if (entry != null
        && (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize())) {
      throw WeightFile.unsupported(
          zip.getName(),
          "its entry " + name + " is compressed, which torch's never are",
          "Save the state dict again: torch.save(model.state_dict(), file).");
    }
    return entry;
  }

  /** All bytes of an entry that is there, when their CRC-32 is right. */
  static ByteBuffer read(ZipFile zip, ZipEntry entry, long limit) throws IOException {
    String source = zip.getName();
    long size = entry.getSize();
    if (size < 0 || size > limit) {
      throw unreadable(
          source, "its entry " + entry.getName() + " has " + size + " bytes, over " + limit);
    }
    byte[] bytes;
    try (InputStream stream = zip.getInputStream(entry)) {
      bytes = stream.readNBytes((int) size);
    }
    CRC32 sum = new CRC32();
    sum.update(bytes);
    if (bytes.length != size || sum.getValue() != entry.getCrc()) {
      throw unreadable(
          source,
          String.format(
              "the CRC-32 of its entry %s is %08x, where %08x is recorded",
              entry.getName(), sum.getValue(), entry.getCrc()));
    }
    return ByteBuffer.wrap(bytes);
  }

  /** The same of a file that is not open. */
  static ByteBuffer read(Path file, String name, long limit) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry entry = find(zip, name);
      if (entry == null) {
        throw unreadable(file.toString(), "its entry " + name + " is gone");
      }
      return read(zip, entry, limit);
    } catch (IOException e) {
      throw unreadable(file.toString(), e.toString(), e);
    }
  }
}
