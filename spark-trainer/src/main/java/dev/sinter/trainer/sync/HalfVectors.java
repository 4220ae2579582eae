package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.UpdatePlan;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;

/** Rounds, packs and sums flat vectors in numbers of 16 bits, a block at a time. */
final class HalfVectors {
  private static final int BLOCK = UpdatePlan.BLOCK;

  private final HalfFormat format;

  HalfVectors(HalfFormat format) {
    this.format = format;
  }

  /** Ints that a packed range takes, which begins at a block. */
  int words(int length) {
    int rest = length % BLOCK;
    return length / BLOCK * format.words(BLOCK) + (rest == 0 ? 0 : format.words(rest));
  }

  /** Rounds a whole vector in place. */
  void round(FlatVector vector) {
    IntBuffer ints = ints(vector);
    int[] bits = new int[BLOCK];
    for (int at = 0; at < ints.capacity(); at += BLOCK) {
      int count = Math.min(BLOCK, ints.capacity() - at);
      ints.get(at, bits, 0, count);
      format.round(bits, count);
      ints.put(at, bits, 0, count);
    }
  }

  /** Packs a slice of a rounded vector. */
  void pack(FlatVector rounded, Slice slice, FlatVector into, BlockThreads threads) {
    threads.run(
        slice.length(), (part, from, to) -> pack(ints(rounded), slice, ints(into), from, to));
  }

  private void pack(IntBuffer ints, Slice slice, IntBuffer packed, int from, int to) {
    int[] bits = new int[BLOCK];
    int[] words = new int[format.words(BLOCK)];
    for (int at = from; at < to; at += BLOCK) {
      int count = Math.min(BLOCK, to - at);
      ints.get(Math.toIntExact(slice.from() + at), bits, 0, count);
      format.pack(bits, count, words);
      packed.put(words(at), words, 0, format.words(count));
    }
  }

  /**
   * Sums subtrees into their mean over all lanes. Every sum but the last is rounded, as it is where
   * it has to be sent, so that it does not matter who sums.
   *
   * @param order of the additions
   * @param sources the subtrees of a slice: packed, or rounded within a vector of the whole
   * @param result may be one of them
   */
  void mean(
      LaneTree order,
      List<Source> sources,
      Slice slice,
      float scale,
      FlatVector result,
      BlockThreads threads) {
    threads.run(
        slice.length(),
        (part, from, to) -> {
          Mean mean = new Mean(order, sources, slice, scale, result);
          for (int at = from; at < to; at += BLOCK) {
            mean.block(at, Math.min(BLOCK, to - at));
          }
        });
  }

  /** Where a subtree's sum lies. */
  sealed interface Source {
    /** Of the slice alone, packed. */
    record Packed(FlatVector vector) implements Source {}

    /** Rounded floats of the whole vector. */
    record Whole(FlatVector vector) implements Source {}
  }

  /** The sum of one thread, with its memory. */
  private final class Mean {
    private final LaneTree order;
    private final List<Source> sources;
    private final Slice slice;
    private final float scale;
    private final FlatVector result;
    private final float[][] sums;
    private final int[] bits = new int[BLOCK];
    private final int[] words = new int[format.words(BLOCK)];
    private final FloatBuffer asFloats;
    private final IntBuffer asBits;

    Mean(LaneTree order, List<Source> sources, Slice slice, float scale, FlatVector result) {
      this.order = order;
      this.sources = sources;
      this.slice = slice;
      this.scale = scale;
      this.result = result;
      this.sums = new float[sources.size()][BLOCK];
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(BLOCK * Float.BYTES).order(ByteOrder.nativeOrder());
      this.asFloats = bytes.asFloatBuffer();
      this.asBits = bytes.asIntBuffer();
    }

    void block(int at, int count) {
      int whole = Math.toIntExact(slice.from() + at);
      for (int i = 0; i < sums.length; i++) {
        Source source = sources.get(i);
        if (source instanceof Source.Packed packed) {
          ints(packed.vector()).get(words(at), words, 0, format.words(count));
          format.unpack(words, count, bits);
          asBits.put(0, bits, 0, count);
          asFloats.get(0, sums[i], 0, count);
        } else if (source instanceof Source.Whole vector) {
          vector.vector().floats().get(whole, sums[i], 0, count);
        }
      }
      int left = order.additions().size();
      for (LaneTree.Addition addition : order.additions()) {
        float[] to = sums[addition.to()];
        add(to, sums[addition.from()], count);
        left--;
        if (left > 0) {
          asFloats.put(0, to, 0, count);
          asBits.get(0, bits, 0, count);
          format.round(bits, count);
          asBits.put(0, bits, 0, count);
          asFloats.get(0, to, 0, count);
        }
      }
      for (int i = 0; i < count; i++) {
        sums[0][i] *= scale;
      }
      result.floats().put(whole, sums[0], 0, count);
    }
  }

  private static void add(float[] to, float[] from, int count) {
    for (int i = 0; i < count; i++) {
      to[i] += from[i];
    }
  }

  private static IntBuffer ints(FlatVector vector) {
    return vector.bytes(0, Math.toIntExact(vector.length())).asIntBuffer();
  }
}
