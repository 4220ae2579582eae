package dev.sinter.model.pretrained;

import static dev.sinter.model.pretrained.WeightFile.unreadable;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Reads a Python pickle of plain data and tensors. A pickle is a program that may name any function
 * and have it called; this reader knows a fixed list of names, calls nothing, and refuses the rest
 * by name.
 *
 * <p>Python's values become {@code Map}, {@code List}, {@code String}, {@code Long}, {@code
 * Double}, {@code Boolean}, {@link #NONE} and {@link TorchTensor}.
 */
final class PickleReader {
  /** Python's None. */
  static final Object NONE = new Object();

  private static final Object MARK = new Object();
  private static final String TORCH = "torch";

  private static final Map<String, ElementType> STORAGES =
      Map.ofEntries(
          Map.entry("DoubleStorage", ElementType.F64),
          Map.entry("FloatStorage", ElementType.F32),
          Map.entry("HalfStorage", ElementType.F16),
          Map.entry("BFloat16Storage", ElementType.BF16),
          Map.entry("LongStorage", ElementType.I64),
          Map.entry("IntStorage", ElementType.I32),
          Map.entry("ShortStorage", ElementType.I16),
          Map.entry("CharStorage", ElementType.I8),
          Map.entry("ByteStorage", ElementType.U8),
          Map.entry("BoolStorage", ElementType.BOOL));

  /** What a pickle may name. */
  private enum Callable {
    ORDERED_DICT,
    REBUILD_TENSOR,
    REBUILD_PARAMETER,
    SIZE
  }

  private final String source;
  private final ByteBuffer bytes;
  private final Function<List<?>, Object> persistent;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();

  /**
   * A reader at the buffer's position.
   *
   * @param persistent what a persistent identifier (a tuple) stands for: a {@link TorchStorage}
   */
  PickleReader(String source, ByteBuffer bytes, Function<List<?>, Object> persistent) {
    this.source = source;
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    this.persistent = persistent;
  }

  /** Reads one pickle and leaves the buffer behind it. */
  Object read() {
    try {
      while (true) {
        int opcode = bytes.get() & 0xFF;
        if (opcode == '.') {
          return pop();
        }
        step(opcode);
      }
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw unreadable(source, "its pickle ends early or is damaged", e);
    } catch (ClassCastException | ArithmeticException e) {
      throw unreadable(source, "its pickle is damaged", e);
    }
  }

  private void step(int opcode) {
    switch (opcode) {
      case 0x80 -> bytes.get(); // PROTO
      case 0x95 -> bytes.getLong(); // FRAME
      case '(' -> push(MARK);
      case '0' -> pop();
      case '2' -> push(stack.get(stack.size() - 1));
      case 'N' -> push(NONE);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'J' -> push((long) bytes.getInt());
      case 'K' -> push((long) (bytes.get() & 0xFF));
      case 'M' -> push((long) (bytes.getShort() & 0xFFFF));
      case 0x8A -> push(wholeNumber(bytes.get() & 0xFF));
      case 'G' -> {
        push(Double.longBitsToDouble(Long.reverseBytes(bytes.getLong()))); // big-endian
      }
      case 'X' -> push(text(bytes.getInt()));
      case 0x8C, 'U' -> push(text(bytes.get() & 0xFF));
      case 0x8D -> push(text(Math.toIntExact(bytes.getLong())));
      case '}' -> push(new LinkedHashMap<>());
      case ']', ')' -> push(new ArrayList<>());
      case 't', 'l' -> push(untilMark());
      case 0x85 -> push(take(1));
      case 0x86 -> push(take(2));
      case 0x87 -> push(take(3));
      case 'q' -> memo.put((long) (bytes.get() & 0xFF), peek());
      case 'r' -> memo.put(bytes.getInt() & 0xFFFFFFFFL, peek());
      case 0x94 -> memo.put((long) memo.size(), peek());
      case 'h' -> push(remembered(bytes.get() & 0xFF));
      case 'j' -> push(remembered(bytes.getInt() & 0xFFFFFFFFL));
      case 's' -> setItems(take(2));
      case 'u' -> setItems(untilMark());
      case 'a' -> list(take(1));
      case 'e' -> list(untilMark());
      case 'c' -> push(global(line(), line()));
      case 0x93 -> {
        List<Object> names = take(2);
        push(global((String) names.get(0), (String) names.get(1)));
      }
      case 'Q' -> push(persistent.apply((List<?>) pop()));
      case 'R' -> {
        List<?> arguments = (List<?>) pop();
        push(call(pop(), arguments));
      }
      case 'b' ->
          pop(); // BUILD: attributes such as a state dict's _metadata, which hold no weights
      default ->
          throw WeightFile.unsupported(
              source,
              String.format(
                  "its pickle uses the instruction 0x%02x, which weights need not", opcode),
              "Save the state dict alone: torch.save(model.state_dict(), file).");
    }
  }

  private Object global(String module, String name) {
    String full = module + "." + name;
    if (module.equals(TORCH) && STORAGES.containsKey(name)) {
      return STORAGES.get(name);
    }
    return switch (full) {
      case "collections.OrderedDict" -> Callable.ORDERED_DICT;
      case "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor" ->
          Callable.REBUILD_TENSOR;
      case "torch._utils._rebuild_parameter" -> Callable.REBUILD_PARAMETER;
      case "torch.Size" -> Callable.SIZE;
      default ->
          throw WeightFile.unsupported(
              source,
              "its pickle names " + full + ", which is code and is not run",
              "Save the state dict alone: torch.save(model.state_dict(), file).");
    };
  }

  private Object call(Object function, List<?> arguments) {
    return switch ((Callable) function) {
      case ORDERED_DICT -> {
        Map<Object, Object> map = new LinkedHashMap<>();
        if (!arguments.isEmpty()) { // a list of pairs
          for (Object pair : (List<?>) arguments.get(0)) {
            put(map, ((List<?>) pair).get(0), ((List<?>) pair).get(1));
          }
        }
        yield map;
      }
      case REBUILD_TENSOR ->
          new TorchTensor(
              (TorchStorage) arguments.get(0),
              (Long) arguments.get(1),
              longs(arguments.get(2)),
              longs(arguments.get(3)));
      case REBUILD_PARAMETER, SIZE -> arguments.get(0);
    };
  }

  private static long[] longs(Object list) {
    return ((List<?>) list).stream().mapToLong(Long.class::cast).toArray();
  }

  private void setItems(List<Object> items) {
    @SuppressWarnings("unchecked")
    Map<Object, Object> map = (Map<Object, Object>) peek();
    for (int i = 0; i < items.size(); i += 2) {
      put(map, items.get(i), items.get(i + 1));
    }
  }

  /** A list as a key would be hashed with all that it holds, which may be itself. */
  private void put(Map<Object, Object> map, Object key, Object value) {
    if (!(key instanceof String || key instanceof Long)) {
      throw WeightFile.unsupported(
          source,
          "its pickle has a key that is neither a text nor a whole number",
          "Save the state dict alone: torch.save(model.state_dict(), file).");
    }
    map.put(key, value);
  }

  private void list(List<Object> items) {
    @SuppressWarnings("unchecked")
    List<Object> list = (List<Object>) peek();
    list.addAll(items);
  }

  private Object remembered(long key) {
    Object value = memo.get(key);
    if (value == null) {
      throw unreadable(source, "its pickle refers to a value that it does not hold");
    }
    return value;
  }

  private long wholeNumber(int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      long digit = bytes.get() & 0xFF;
      if (i < 8) {
        value |=
            digit << (8 * i); // legacy files begin with one of ten bytes; its low bits identify it
      }
    }
    return length > 0 && length < 8 ? (value << (64 - 8 * length)) >> (64 - 8 * length) : value;
  }

  private String text(int length) {
    if (length < 0 || length > bytes.remaining()) {
      throw unreadable(source, "its pickle ends early");
    }
    byte[] text = new byte[length];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private String line() {
    StringBuilder line = new StringBuilder();
    for (char c = (char) (bytes.get() & 0xFF); c != '\n'; c = (char) (bytes.get() & 0xFF)) {
      line.append(c);
    }
    return line.toString();
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object peek() {
    return stack.get(stack.size() - 1);
  }

  private Object pop() {
    return stack.remove(stack.size() - 1);
  }

  private List<Object> take(int count) {
    List<Object> top = stack.subList(stack.size() - count, stack.size());
    List<Object> taken = new ArrayList<>(top);
    top.clear();
    return taken;
  }

  private List<Object> untilMark() {
    List<Object> taken = take(stack.size() - 1 - stack.lastIndexOf(MARK));
    pop();
    return taken;
  }
}
