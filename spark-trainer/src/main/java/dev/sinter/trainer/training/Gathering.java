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

/** Brings one small object of every worker to the first worker, a few times an epoch. */
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
      byte[] bytes = serialise(mine);
      ByteBuffer length = ByteBuffer.allocateDirect(Integer.BYTES).putInt(bytes.length).flip();
      Transfer first = exchange.push(0, step, what + " length", length);
      Transfer second =
          exchange.push(0, step, what, ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
      first.await();
      second.await();
      return List.of();
    }
    List<T> all = new ArrayList<>();
    all.add(mine);
    for (int peer = 1; peer < exchange.workers(); peer++) {
      ByteBuffer length = ByteBuffer.allocateDirect(Integer.BYTES);
      exchange.receive(peer, step, what + " length", length).await(timeoutSeconds);
      ByteBuffer bytes = ByteBuffer.allocateDirect(length.getInt(0));
      exchange.receive(peer, step, what, bytes).await();
      all.add(type.cast(deserialise(bytes.rewind())));
    }
    return all;
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
