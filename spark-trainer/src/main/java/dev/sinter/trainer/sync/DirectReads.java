package dev.sinter.trainer.sync;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.AttributeKey;
import io.netty.util.UncheckedBooleanSupplier;
import java.nio.ByteBuffer;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.TransportServerBootstrap;

/**
 * Has one connection's messages read from the socket straight into the memory where they are
 * awaited, rather than into a buffer from which they are copied. Works only where nothing on the
 * way changes the bytes: without encryption.
 *
 * <p>Everything happens on the connection's own thread.
 */
@SuppressWarnings("deprecation") // Netty's own channels still ask for the older of two interfaces
final class DirectReads implements RecvByteBufAllocator {
  private static final AttributeKey<DirectReads> KEY =
      AttributeKey.valueOf(DirectReads.class.getName());

  private final RecvByteBufAllocator otherwise;
  private Slot slot;
  private Slot lender;
  private int bytesInPlace;

  private DirectReads(RecvByteBufAllocator otherwise) {
    this.otherwise = otherwise;
  }

  /** Adds them to every connection that a server accepts. */
  static final class Bootstrap implements TransportServerBootstrap {
    @Override
    public RpcHandler doBootstrap(Channel channel, RpcHandler handler) {
      DirectReads reads = new DirectReads(channel.config().getRecvByteBufAllocator());
      channel.config().setRecvByteBufAllocator(reads);
      channel.attr(KEY).set(reads);
      return handler;
    }
  }

  /** The payload of a message begins on a connection. */
  static void begin(Channel channel, Slot slot) {
    DirectReads reads = channel.attr(KEY).get();
    if (reads != null) {
      reads.slot = slot;
    }
  }

  /** The payload is over. */
  static void end(Channel channel) {
    begin(channel, null);
  }

  /** Some of a message has come: copies it, unless it is where it belongs. */
  static void receive(Channel channel, Slot slot, ByteBuffer bytes) {
    DirectReads reads = channel.attr(KEY).get();
    int inPlace = reads == null ? 0 : reads.bytesInPlace;
    if (inPlace == 0) {
      slot.write(bytes);
      return;
    }
    reads.bytesInPlace = 0;
    if (inPlace != bytes.remaining()) {
      throw new IllegalStateException(
          inPlace + " bytes were read and " + bytes.remaining() + " have come");
    }
    slot.skip(inPlace);
  }

  @Override
  public Handle newHandle() {
    return new Reading(otherwise.newHandle());
  }

  /** Netty's reads of the connection. */
  private final class Reading extends DelegatingHandle implements ExtendedHandle {
    Reading(Handle otherwise) {
      super(otherwise);
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      ByteBuffer place = slot == null ? null : slot.lend();
      if (place == null) {
        return delegate().allocate(allocator);
      }
      lender = slot;
      return Unpooled.wrappedBuffer(place).writerIndex(0);
    }

    @Override
    public void lastBytesRead(int bytes) {
      bytesInPlace = lender == null ? 0 : Math.max(0, bytes);
      giveBack();
      super.lastBytesRead(bytes);
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
      return ((ExtendedHandle) delegate()).continueReading(maybeMoreData);
    }

    /** Also after a read that failed. */
    @Override
    public void readComplete() {
      giveBack();
      super.readComplete();
    }

    private void giveBack() {
      if (lender != null) {
        lender.giveBack();
        lender = null;
      }
    }
  }
}
