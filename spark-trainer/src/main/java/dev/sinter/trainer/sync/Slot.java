package dev.sinter.trainer.sync;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * Where one message lands: in the posted target, or in a landing buffer until a target is posted.
 *
 * <p>Every write holds the lock, or has borrowed the memory, so that after {@link #fail} no network
 * thread touches memory that its owner may free.
 */
final class Slot {
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private ByteBuffer target;
  private ByteBuffer landing;
  private boolean landed;
  private boolean lent;
  private boolean whole;

  /** Completes when the message lies in the target. */
  CompletableFuture<Void> done() {
    return done;
  }

  /** Gives the buffer to fill. */
  synchronized void post(ByteBuffer buffer) {
    if (target != null) {
      throw new IllegalStateException("this message is already awaited");
    }
    target = buffer.duplicate();
    if (landing != null && landing.capacity() != target.remaining()) {
      done.completeExceptionally(sizeMismatch(landing.capacity()));
    } else if (whole) {
      finish();
    }
  }

  /** A sender announces its message. */
  synchronized void begin(int bytes) {
    if (landing != null) {
      throw new IllegalStateException("this message was already sent");
    }
    if (target == null) {
      landing = ByteBuffer.allocateDirect(bytes);
      landed = true;
    } else if (target.remaining() == bytes) {
      landing = target;
    } else {
      IllegalStateException mismatch = sizeMismatch(bytes);
      done.completeExceptionally(mismatch);
      throw mismatch;
    }
  }

  /** Some more bytes. */
  synchronized void write(ByteBuffer bytes) {
    if (done.isDone()) {
      bytes.position(bytes.limit());
    } else {
      landing.put(bytes);
    }
  }

  /**
   * Lends what is not filled yet, for some more bytes to be read into; {@link #fail} waits until it
   * is given back.
   *
   * @return null if the bytes are not wanted any more
   */
  synchronized ByteBuffer lend() {
    if (done.isDone() || !landing.hasRemaining()) {
      return null;
    }
    lent = true;
    return landing.slice();
  }

  /** Nobody reads into it now. */
  synchronized void giveBack() {
    lent = false;
    notifyAll();
  }

  /** Some more bytes were read into what was lent. */
  synchronized void skip(int bytes) {
    if (!done.isDone()) {
      landing.position(landing.position() + bytes);
    }
  }

  /** All bytes are here. */
  synchronized void end() {
    whole = true;
    if (target != null && !done.isDone()) {
      finish();
    }
  }

  /** Gives the message up, unless it is already whole. */
  synchronized void fail(Throwable cause) {
    if (!whole) {
      awaitReturn();
      done.completeExceptionally(cause);
    }
  }

  /** Gives up the buffers. */
  synchronized void close() {
    awaitReturn();
    done.completeExceptionally(new IllegalStateException("the exchange is closed"));
  }

  /** A read from a socket that has something to read: it does not last. */
  private void awaitReturn() {
    boolean interrupted = false;
    while (lent) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void finish() {
    if (landed) {
      landing.flip();
      target.put(landing);
    }
    done.complete(null);
  }

  private IllegalStateException sizeMismatch(int bytes) {
    return new IllegalStateException(
        "a message of " + bytes + " bytes where " + target.remaining() + " are awaited");
  }
}
