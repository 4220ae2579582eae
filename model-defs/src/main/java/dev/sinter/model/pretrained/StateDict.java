package dev.sinter.model.pretrained;

import static dev.sinter.model.pretrained.WeightFile.unreadable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds the tensors among the values of a pickle and names them by their keys, joined by dots.
 *
 * <p>A value may stand in many places, also within itself, so a few bytes can describe more places
 * than can be visited: the work is limited.
 */
final class StateDict {
  private static final int DEPTH_LIMIT = 32;

  /** Values visited and characters of their names; a large network's file needs a million. */
  private static final long WORK_LIMIT = 1L << 27;

  /** Keys under which training scripts keep the state dict. A file may have one of them. */
  private static final List<String> WRAPPERS =
      List.of("state_dict", "model_state_dict", "model", "net", "network");

  private final String source;
  private final List<WeightTensor> tensors = new ArrayList<>();
  private long work;

  private StateDict(String source) {
    this.source = source;
  }

  /** The tensors of the state dict that is, or lies in, {@code root}. */
  static List<WeightTensor> tensors(String source, Object root) {
    List<String> found = new ArrayList<>();
    List<WeightTensor> tensors = List.of();
    if (root instanceof Map<?, ?> map) {
      for (String wrapper : WRAPPERS) {
        if (map.get(wrapper) instanceof Map<?, ?> inner) {
          List<WeightTensor> wrapped = flat(source, inner);
          if (!wrapped.isEmpty()) {
            found.add(wrapper);
            tensors = wrapped;
          }
        }
      }
    }
    if (found.size() > 1) {
      throw WeightFile.unsupported(
          source,
          "it holds several networks: " + String.join(", ", found),
          "Save one of them alone: torch.save(model.state_dict(), file).");
    }
    return found.isEmpty() ? flat(source, root) : tensors;
  }

  private static List<WeightTensor> flat(String source, Object value) {
    StateDict dict = new StateDict(source);
    dict.visit("", value, 0);
    return dict.tensors;
  }

  private void visit(String name, Object value, int depth) {
    work += 1 + name.length();
    if (depth > DEPTH_LIMIT || work > WORK_LIMIT) {
      throw unreadable(
          source,
          depth > DEPTH_LIMIT
              ? "its values lie more than " + DEPTH_LIMIT + " levels deep"
              : "it holds more values than a network's weights can be");
    }
    if (value instanceof TorchTensor tensor) {
      if (!tensor.isWithinStorage()) {
        throw unreadable(source, "tensor \"" + name + "\" reaches beyond its storage");
      }
      tensors.add(tensor.toWeights(name));
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((key, inner) -> visit(below(name, key), inner, depth + 1));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        visit(below(name, i), list.get(i), depth + 1);
      }
    } // numbers and texts are not weights
  }

  private static String below(String name, Object key) {
    return name.isEmpty() ? "" + key : name + "." + key;
  }
}
