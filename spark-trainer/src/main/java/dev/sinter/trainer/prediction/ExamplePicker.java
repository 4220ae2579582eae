package dev.sinter.trainer.prediction;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keeps a few examples of each group: those that rank first, however samples were divided among
 * tasks and in whatever order these are merged. Ids and names of volumes are hashes, so ranking by
 * them is as good as drawing.
 */
@DefaultSerializer(JavaSerializer.class)
final class ExamplePicker implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int limit;
  private final TreeMap<Rank, Example> kept = new TreeMap<>();

  /** Keeps {@code limit} examples. */
  ExamplePicker(int limit) {
    this.limit = limit;
  }

  /**
   * Where an example stands.
   *
   * @param order smaller ones are kept
   * @param name tells equal orders apart; of several examples with one name the one with most
   *     foreground is kept
   */
  record Rank(double order, String name) implements Comparable<Rank>, Serializable {
    @Override
    public int compareTo(Rank other) {
      int byOrder = Double.compare(order, other.order);
      return byOrder != 0 ? byOrder : name.compareTo(other.name);
    }
  }

  /** Whether an example of this rank would be kept: pictures of others need not be made. */
  boolean wants(Rank rank) {
    return kept.size() < limit || rank.compareTo(kept.lastKey()) <= 0;
  }

  void offer(Rank rank, Example example) {
    kept.merge(rank, example, ExamplePicker::better);
    if (kept.size() > limit) {
      kept.pollLastEntry();
    }
  }

  private static Example better(Example a, Example b) {
    int byForeground = Integer.compare(a.foregroundPixels(), b.foregroundPixels());
    if (byForeground == 0) {
      return a.id().compareTo(b.id()) <= 0 ? a : b;
    }
    return byForeground > 0 ? a : b;
  }

  /** Adds all of another one's and returns this one. */
  ExamplePicker merge(ExamplePicker other) {
    for (Map.Entry<Rank, Example> entry : other.kept.entrySet()) {
      offer(entry.getKey(), entry.getValue());
    }
    return this;
  }

  /** In order of their ranks. */
  List<Example> examples() {
    return new ArrayList<>(kept.values());
  }
}
