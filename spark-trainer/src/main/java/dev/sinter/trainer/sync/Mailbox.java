package dev.sinter.trainer.sync;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What has arrived, and what is awaited, at one worker of one session. */
final class Mailbox {
  private final Map<MessageKey, Slot> slots = new ConcurrentHashMap<>();
  private final Map<Integer, Throwable> gone = new ConcurrentHashMap<>();
  private final Map<Integer, SharedMemory> memories = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Posts the buffer for a message. */
  Slot receive(MessageKey key, ByteBuffer target) {
    Slot slot = slot(key);
    slot.post(target);
    return slot;
  }

  /** Announces a message of a sender. */
  Slot begin(MessageKey key, int bytes) {
    Slot slot = slot(key);
    slot.begin(bytes);
    return slot;
  }

  /** A sender's messages may lie in memory that it shares. */
  void map(int peer, SharedMemory memory) {
    if (closed || memories.putIfAbsent(peer, memory) != null) {
      memory.close();
      throw new IllegalStateException("the memory of worker " + peer + " is not wanted");
    }
  }

  /** Takes a whole message out of the memory that its sender shares. */
  Slot take(MessageKey key, int at, int bytes) {
    Slot slot = begin(key, bytes);
    // Does not touch the memory once this is closed.
    slot.write(memories.get(key.from()).bytes(at, bytes));
    return slot;
  }

  /** Forgets a message that was received. */
  void forget(MessageKey key) {
    slots.remove(key);
  }

  /** Fails what is still awaited from a peer, now and later. */
  void peerGone(int peer, Throwable cause) {
    if (gone.putIfAbsent(peer, cause) == null) {
      slots.forEach(
          (key, slot) -> {
            if (key.from() == peer) {
              slot.fail(cause);
            }
          });
    }
  }

  /** Gives up all buffers. */
  void close() {
    closed = true;
    slots.values().forEach(Slot::close);
    slots.clear();
    memories.values().forEach(SharedMemory::close);
  }

  private Slot slot(MessageKey key) {
    Slot slot = slots.computeIfAbsent(key, name -> new Slot());
    Throwable cause = gone.get(key.from());
    if (cause != null) {
      slot.fail(cause);
    }
    if (closed) {
      slot.close();
    }
    return slot;
  }
}
