package dev.sinter.trainer.sync;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hands bytes to workers in other processes of this host through memory that they share, so that
 * only a message's name takes the way through a socket. Copying costs a fifth of what the network
 * stack takes, even on loopback.
 *
 * <p>The memory is small enough for a processor's cache. What finds no free part of it waits for
 * one, in order.
 */
final class Neighbours implements AutoCloseable {
  /** Below this a message is sent as a whole: naming a place costs as much. */
  private static final int LEAST_BYTES = 1 << 14;

  /** One chunk of a slice. */
  private static final int PART_BYTES = Chunk.FLOATS * Float.BYTES;

  private static final int PARTS = 16;

  /** Sends a message's name and where its bytes lie; completes when they have been taken. */
  @FunctionalInterface
  interface Notice {
    CompletableFuture<Void> send(int peer, MessageKey key, int bytes, int at);
  }

  private record Waiting(
      int peer, MessageKey key, ByteBuffer bytes, CompletableFuture<Void> done) {}

  private final SharedMemory memory;
  private final Set<Integer> peers = ConcurrentHashMap.newKeySet();
  private final Notice notice;
  private final Deque<Integer> free = new ArrayDeque<>();
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private boolean closed;

  private Neighbours(SharedMemory memory, Notice notice) {
    this.memory = memory;
    this.notice = notice;
    for (int part = 0; part < PARTS; part++) {
      free.add(part * PART_BYTES);
    }
  }

  /**
   * Makes the memory.
   *
   * @throws IOException where the host offers none
   */
  static Neighbours create(Notice notice) throws IOException {
    return new Neighbours(SharedMemory.create(PARTS * PART_BYTES), notice);
  }

  /** The name of the memory, for {@link SharedMemory#open}. */
  String file() {
    return memory.file();
  }

  /** A peer has mapped the memory. */
  void add(int peer) {
    peers.add(peer);
  }

  /** All have mapped it who will. */
  void removeName() throws IOException {
    memory.removeName();
  }

  /** Whether a message can go this way. */
  boolean take(int peer, int bytes) {
    return bytes >= LEAST_BYTES && bytes <= PART_BYTES && peers.contains(peer);
  }

  /** Starts handing over bytes, which must not change until that is done. */
  CompletableFuture<Void> push(int peer, MessageKey key, ByteBuffer bytes) {
    Waiting message = new Waiting(peer, key, bytes.duplicate(), new CompletableFuture<>());
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the exchange is closed");
      }
      waiting.add(message);
    }
    handOver();
    return message.done();
  }

  /** Hands over what waits, as far as there is room. */
  private void handOver() {
    while (true) {
      Waiting message;
      int at;
      synchronized (this) {
        if (closed || free.isEmpty() || waiting.isEmpty()) {
          return;
        }
        message = waiting.remove();
        at = free.pop();
        memory.bytes(at, message.bytes().remaining()).put(message.bytes().duplicate());
      }
      // Its failure is that of the message.
      CompletableFuture<Void> unused =
          notice
              .send(message.peer(), message.key(), message.bytes().remaining(), at)
              .whenComplete((taken, failure) -> handedOver(message, at, failure));
    }
  }

  private void handedOver(Waiting message, int at, Throwable failure) {
    synchronized (this) {
      free.push(at);
    }
    if (failure == null) {
      message.done().complete(null);
    } else {
      message.done().completeExceptionally(failure);
    }
    handOver();
  }

  /** Gives up what still waits. */
  @Override
  public void close() {
    List<Waiting> left;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      left = List.copyOf(waiting);
      waiting.clear();
      memory.close();
    }
    IllegalStateException cause = new IllegalStateException("the exchange is closed");
    left.forEach(message -> message.done().completeExceptionally(cause));
  }
}
