package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** All-gathers: every worker gives its part, every worker gets all of them. */
final class Gathers {
  private Gathers() {}

  /** Gathers doubles, in the order of the ranks. */
  static double[] doubles(
      Exchange exchange, long step, String tag, double[] mine, IntUnaryOperator countOf) {
    if (exchange.workers() == 1) {
      return mine;
    }
    List<Transfer> transfers = new ArrayList<>();
    List<ByteBuffer> parts = new ArrayList<>();
    int total = 0;
    ByteBuffer own = direct(mine.length);
    own.asDoubleBuffer().put(mine);
    for (int peer = 0; peer < exchange.workers(); peer++) {
      total += countOf.applyAsInt(peer);
      if (peer == exchange.rank()) {
        parts.add(own);
      } else {
        ByteBuffer part = direct(countOf.applyAsInt(peer));
        parts.add(part);
        transfers.add(exchange.receive(peer, step, tag, part));
        transfers.add(exchange.push(peer, step, tag, own));
      }
    }
    transfers.forEach(Transfer::await);
    double[] all = new double[total];
    int at = 0;
    for (ByteBuffer part : parts) {
      int count = part.capacity() / Double.BYTES;
      part.asDoubleBuffer().get(all, at, count);
      at += count;
    }
    return all;
  }

  /** Posts the receives of the other workers' slices, straight into the vector. */
  static List<Transfer> postSlices(Exchange exchange, long step, String tag, FlatVector vector) {
    List<Transfer> transfers = new ArrayList<>();
    for (int peer = 0; peer < exchange.workers(); peer++) {
      if (peer != exchange.rank()) {
        Slice slice = Slice.of(vector.length(), peer, exchange.workers());
        for (Chunk chunk : Chunk.of(slice)) {
          transfers.add(exchange.receive(peer, step, chunk.tag(tag), bytes(vector, slice, chunk)));
        }
      }
    }
    return transfers;
  }

  /** Starts sending this worker's own slice to all others. */
  static List<Transfer> pushSlice(Exchange exchange, long step, String tag, FlatVector vector) {
    Slice own = Slice.of(vector.length(), exchange.rank(), exchange.workers());
    List<Transfer> transfers = new ArrayList<>();
    for (Chunk chunk : Chunk.of(own)) {
      transfers.addAll(pushChunk(exchange, step, tag, vector, chunk));
    }
    return transfers;
  }

  /** Starts sending a chunk of this worker's own slice to all others. */
  static List<Transfer> pushChunk(
      Exchange exchange, long step, String tag, FlatVector vector, Chunk chunk) {
    Slice own = Slice.of(vector.length(), exchange.rank(), exchange.workers());
    ByteBuffer bytes = bytes(vector, own, chunk);
    List<Transfer> transfers = new ArrayList<>();
    for (int i = 1; i < exchange.workers(); i++) {
      int peer = (exchange.rank() + i) % exchange.workers();
      transfers.add(exchange.push(peer, step, chunk.tag(tag), bytes));
    }
    return transfers;
  }

  private static ByteBuffer bytes(FlatVector vector, Slice slice, Chunk chunk) {
    return vector.bytes(slice.from() + chunk.offset(), chunk.length());
  }

  private static ByteBuffer direct(int doubles) {
    return ByteBuffer.allocateDirect(doubles * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Exchanges a message without bytes with every other worker. */
  static List<Transfer> meet(Exchange exchange, long step, String tag) {
    ByteBuffer nothing = ByteBuffer.allocateDirect(0);
    List<Transfer> transfers = new ArrayList<>();
    for (int peer = 0; peer < exchange.workers(); peer++) {
      if (peer != exchange.rank()) {
        transfers.add(exchange.receive(peer, step, tag, nothing));
        transfers.add(exchange.push(peer, step, tag, nothing));
      }
    }
    return transfers;
  }
}
