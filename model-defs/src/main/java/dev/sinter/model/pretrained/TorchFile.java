package dev.sinter.model.pretrained;

import static dev.sinter.model.pretrained.WeightFile.unreadable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Files of {@code torch.save} with a state dict: the zip format (torch 1.6 and later) and the
 * legacy one before it. No code in them is run; see {@link PickleReader}.
 */
public final class TorchFile {
  private static final int DEPTH_LIMIT = 32;

  private static final String PICKLE = "data.pkl";

  /** The low 64 bits of the number that a legacy file begins with. */
  private static final long LEGACY_MAGIC = 0xa86a20f9469cfc6cL;

  /** Keys under which training scripts keep the state dict. */
  private static final Set<String> WRAPPERS =
      Set.of("state_dict", "model_state_dict", "model", "net", "network");

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
      List<WeightTensor> tensors = new ArrayList<>();
      flatten(file.toString(), "", unwrapped(root), 0, tensors);
      return WeightFile.of(file.toString(), tensors);
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(file.toString(), e.toString(), e);
    }
  }

  private static boolean isZip(Path file) throws IOException {
    try (InputStream stream = java.nio.file.Files.newInputStream(file)) {
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
      Map<String, Long> sizes = new HashMap<>();
      zip.stream().forEach(entry -> sizes.put(entry.getName(), entry.getSize()));
      return new PickleReader(
              source,
              ByteBuffer.wrap(bytes(zip, pickle)),
              id -> {
                TorchStorage storage = storage(source, id, key -> entry(file, folder, key, order));
                Long size = sizes.get(folder + "data/" + storage.key());
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
    String word = new String(bytes(zip, folder + "byteorder"), StandardCharsets.UTF_8);
    return word.strip().equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }

  private static ByteBuffer entry(Path file, String folder, String key, ByteOrder order) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      return ByteBuffer.wrap(bytes(zip, folder + "data/" + key)).order(order);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(ZipFile zip, String name) throws IOException {
    try (InputStream stream = zip.getInputStream(zip.getEntry(name))) {
      return stream.readAllBytes();
    }
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
    for (Object key : (List<?>) plain(source, all).read()) {
      TorchStorage storage = storages.get(key);
      long elements = all.remaining() < 8 ? -1 : all.getLong();
      if (storage == null
          || elements != storage.length()
          || elements * storage.type().bytes() > all.remaining()) {
        throw unreadable(source, "storage " + key + " is damaged, or the file ends before it");
      }
      int bytes = (int) (elements * storage.type().bytes());
      data.put((String) key, all.slice(all.position(), bytes).order(ByteOrder.LITTLE_ENDIAN));
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
      String source, List<?> id, java.util.function.Function<String, ByteBuffer> bytes) {
    if (id.size() < 5
        || !id.get(0).equals("storage")
        || !(id.get(1) instanceof ElementType type)
        || !(id.get(2) instanceof String key)
        || !(id.get(4) instanceof Long length)
        || length < 0) {
      throw unreadable(source, "it describes a storage in an unknown way");
    }
    return new TorchStorage(key, type, length, () -> bytes.apply(key));
  }

  private static Object unwrapped(Object root) {
    if (root instanceof Map<?, ?> map) {
      for (String wrapper : WRAPPERS) {
        if (map.get(wrapper) instanceof Map<?, ?> inner) {
          return inner;
        }
      }
    }
    return root;
  }

  private static void flatten(
      String source, String prefix, Object value, int depth, List<WeightTensor> tensors) {
    if (depth > DEPTH_LIMIT) { // a dictionary may hold itself
      throw unreadable(source, "its values lie more than " + DEPTH_LIMIT + " levels deep");
    }
    if (value instanceof TorchTensor tensor) {
      if (!tensor.isWithinStorage()) {
        throw unreadable(source, "tensor \"" + prefix + "\" reaches beyond its storage");
      }
      tensors.add(tensor.toWeights(prefix));
    } else if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, inner) ->
              flatten(
                  source,
                  prefix.isEmpty() ? "" + key : prefix + "." + key,
                  inner,
                  depth + 1,
                  tensors));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        flatten(
            source, prefix.isEmpty() ? "" + i : prefix + "." + i, list.get(i), depth + 1, tensors);
      }
    } // numbers and texts are not weights
  }
}
