package dev.sinter.model.pretrained;

import static dev.sinter.model.pretrained.WeightFile.unreadable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Files of {@code torch.save} with a state dict: the zip format (torch 1.6 and later) and the
 * legacy one before it. No code in them is run; see {@link PickleReader}.
 */
public final class TorchFile {
  private static final String PICKLE = "data.pkl";

  /** The low 64 bits of the number that a legacy file begins with. */
  private static final long LEGACY_MAGIC = 0xa86a20f9469cfc6cL;

  /** Names and shapes alone; the largest published networks need a few megabytes. */
  private static final long PICKLE_LIMIT = 256L << 20;

  private static final long ORDER_LIMIT = 16;

  /** What one array can hold. */
  private static final long STORAGE_LIMIT = Integer.MAX_VALUE - 8;

  private TorchFile() {}

  /**
   * Reads names, types and shapes.
   *
   * @throws dev.sinter.error.SinterException {@code WEIGHTS_UNREADABLE}, or {@code
   *     WEIGHTS_UNSUPPORTED} for a file with anything but plain data and tensors
   */
  public static WeightFile read(Path file) {
    try {
      Object root = isZip(file) ? readZip(file) : readLegacy(file);
      return WeightFile.of(file.toString(), StateDict.tensors(file.toString(), root));
    } catch (IOException | IllegalArgumentException e) { // the latter: names in no encoding
      throw unreadable(file.toString(), e.toString(), e);
    }
  }

  private static boolean isZip(Path file) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] start = stream.readNBytes(4);
      return start.length == 4 && start[0] == 'P' && start[1] == 'K';
    }
  }

  private static Object readZip(Path file) throws IOException {
    String source = file.toString();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      String pickle =
          zip.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
              .findFirst()
              .orElseThrow(() -> unreadable(source, "it is a zip file without " + PICKLE));
      String folder = pickle.substring(0, pickle.length() - PICKLE.length());
      ByteOrder order = byteOrder(zip, folder);
      return new PickleReader(
              source,
              read(zip, pickle, PICKLE_LIMIT),
              id -> {
                TorchStorage storage =
                    storage(
                        source,
                        id,
                        key ->
                            StoredEntries.read(file, folder + "data/" + key, STORAGE_LIMIT)
                                .order(order));
                ZipEntry entry = StoredEntries.find(zip, folder + "data/" + storage.key());
                Long size = entry == null ? null : entry.getSize();
                if (size == null || size != storage.length() * storage.type().bytes()) {
                  throw unreadable(
                      source,
                      "storage "
                          + storage.key()
                          + " should have "
                          + storage.length()
                          + " elements of "
                          + storage.type().bytes()
                          + " bytes, the file has "
                          + (size == null ? "none" : size + " bytes")
                          + " of it");
                }
                return storage;
              })
          .read();
    }
  }

  private static ByteOrder byteOrder(ZipFile zip, String folder) throws IOException {
    if (zip.getEntry(folder + "byteorder") == null) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    ByteBuffer word = read(zip, folder + "byteorder", ORDER_LIMIT);
    return StandardCharsets.UTF_8.decode(word).toString().strip().equals("big")
        ? ByteOrder.BIG_ENDIAN
        : ByteOrder.LITTLE_ENDIAN;
  }

  private static ByteBuffer read(ZipFile zip, String name, long limit) throws IOException {
    return StoredEntries.read(zip, StoredEntries.find(zip, name), limit);
  }

  /** Five pickles (magic, protocol, system, state dict, keys of storages), then the storages. */
  private static Object readLegacy(Path file) throws IOException {
    String source = file.toString();
    ByteBuffer all;
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() < 2 || channel.size() > Integer.MAX_VALUE) {
        throw unreadable(source, "it has " + channel.size() + " bytes");
      }
      all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
    if ((all.get(0) & 0xFF) != 0x80
        || !(plain(source, all).read() instanceof Long magic)
        || magic != LEGACY_MAGIC) {
      throw unreadable(source, "it is neither a zip file nor torch's legacy format");
    }
    plain(source, all).read(); // protocol version
    plain(source, all).read(); // sizes on the machine that wrote it
    Map<String, ByteBuffer> data = new HashMap<>();
    Map<String, TorchStorage> storages = new HashMap<>();
    Object root =
        new PickleReader(
                source,
                all,
                id -> {
                  TorchStorage storage = storage(source, id, data::get);
                  storages.put(storage.key(), storage);
                  return storage;
                })
            .read();
    if (!(plain(source, all).read() instanceof List<?> keys)) {
      throw unreadable(source, "its list of storages is damaged");
    }
    for (Object key : keys) {
      TorchStorage storage = key instanceof String name ? storages.get(name) : null;
      long elements = all.remaining() < 8 ? -1 : all.getLong();
      if (storage == null
          || elements != storage.length()
          || elements * storage.type().bytes() > all.remaining()) {
        throw unreadable(
            source,
            "storage "
                + (storage == null ? "of no tensor" : storage.key())
                + " is damaged, or the file ends before it");
      }
      int bytes = (int) (elements * storage.type().bytes());
      data.put(storage.key(), all.slice(all.position(), bytes).order(ByteOrder.LITTLE_ENDIAN));
      all.position(all.position() + bytes);
    }
    return root;
  }

  private static PickleReader plain(String source, ByteBuffer bytes) {
    return new PickleReader(
        source,
        bytes,
        id -> {
          throw unreadable(source, "a storage stands where none belongs");
        });
  }

  /** From {@code ("storage", type, key, location, elements, ...)}. */
  private static TorchStorage storage(
      String source, List<?> id, Function<String, ByteBuffer> bytes) {
    if (id.size() < 5
        || !id.get(0).equals("storage")
        || !(id.get(1) instanceof ElementType type)
        || !(id.get(2) instanceof String key)
        || !(id.get(4) instanceof Long length)
        || length < 0
        || length > Long.MAX_VALUE / type.bytes()) {
      throw unreadable(source, "it describes a storage in an unknown way");
    }
    return new TorchStorage(key, type, length, () -> bytes.apply(key));
  }
}
