package dev.sinter.trainer.training;

import dev.sinter.trainer.sync.Exchange;
import dev.sinter.trainer.sync.Transfer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Brings one small object of every worker to the first worker, or to all, a few times an epoch. */
final class Gathering {
  private Gathering() {}

  /**
   * Gathers; called by all workers.
   *
   * @param timeoutSeconds deadline of the first worker's wait for the others' work
   * @return on the first worker all objects by rank, elsewhere an empty list
   */
  static <T extends Serializable> List<T> toFirst(
      Exchange exchange, long step, String what, Class<T> type, T mine, double timeoutSeconds) {
    if (exchange.rank() != 0) {
      send(exchange, 0, step, what, mine).forEach(Transfer::await);
      return List.of();
    }
    List<T> all = new ArrayList<>();
    all.add(mine);
    for (int peer = 1; peer < exchange.workers(); peer++) {
      all.add(receive(exchange, peer, step, what, type, timeoutSeconds));
    }
    return all;
  }

  /**
   * Gathers everywhere; called by all workers.
   *
   * @param timeoutSeconds deadline of each wait for another worker
   * @return all objects by rank
   */
  static <T extends Serializable> List<T> toAll(
      Exchange exchange, long step, String what, Class<T> type, T mine, double timeoutSeconds) {
    List<Transfer> sent = new ArrayList<>();
    for (int peer = 0; peer < exchange.workers(); peer++) {
      if (peer != exchange.rank()) {
        sent.addAll(send(exchange, peer, step, what, mine));
      }
    }
    List<T> all = new ArrayList<>();
    for (int peer = 0; peer < exchange.workers(); peer++) {
      all.add(
          peer == exchange.rank()
              ? mine
              : receive(exchange, peer, step, what, type, timeoutSeconds));
    }
    sent.forEach(Transfer::await);
    return all;
  }

  private static List<Transfer> send(
      Exchange exchange, int peer, long step, String what, Serializable object) {
    byte[] bytes = serialise(object);
    ByteBuffer length = ByteBuffer.allocateDirect(Integer.BYTES).putInt(bytes.length).flip();
    return List.of(
        exchange.push(peer, step, what + " length", length),
        exchange.push(peer, step, what, ByteBuffer.allocateDirect(bytes.length).put(bytes).flip()));
  }

  private static <T> T receive(
      Exchange exchange, int peer, long step, String what, Class<T> type, double timeoutSeconds) {
    ByteBuffer length = ByteBuffer.allocateDirect(Integer.BYTES);
    exchange.receive(peer, step, what + " length", length).await(timeoutSeconds);
    ByteBuffer bytes = ByteBuffer.allocateDirect(length.getInt(0));
    exchange.receive(peer, step, what, bytes).await();
    return type.cast(deserialise(bytes.rewind()));
  }

  private static byte[] serialise(Serializable object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static Object deserialise(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    try (ObjectInputStream in = new ApplicationObjectInputStream(new ByteArrayInputStream(bytes))) {
      return in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException("a peer's object cannot be read", e);
    }
  }
}
