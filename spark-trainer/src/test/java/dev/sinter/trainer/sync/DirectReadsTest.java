package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.buffer.NioManagedBuffer;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.server.TransportServer;
import org.apache.spark.network.util.MapConfigProvider;
import org.apache.spark.network.util.TransportConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@SuppressWarnings("deprecation") // Netty's own channels still ask for the older of two interfaces
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DirectReadsTest {
  private static final Session SESSION = new Session("run", 0);

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Slot slot = new Slot();
  private final ByteBuffer target = ByteBuffer.allocateDirect(8);

  private RecvByteBufAllocator.Handle begin() {
    new DirectReads.Bootstrap().doBootstrap(channel, null);
    slot.post(target);
    slot.begin(8);
    DirectReads.begin(channel, slot);
    return newHandle();
  }

  private RecvByteBufAllocator.Handle newHandle() {
    return channel.config().getRecvByteBufAllocator().newHandle();
  }

  /** As Netty does it: a buffer, bytes into it, and on with it. */
  private ByteBuf read(RecvByteBufAllocator.Handle handle, byte... bytes) {
    ByteBuf buffer = handle.allocate(UnpooledByteBufAllocator.DEFAULT);
    buffer.writeBytes(bytes);
    handle.lastBytesRead(bytes.length);
    return buffer;
  }

  @Test
  void bytesAreReadIntoTheTarget() {
    RecvByteBufAllocator.Handle handle = begin();

    ByteBuf first = read(handle, (byte) 1, (byte) 2, (byte) 3);
    assertThat(target.get(2)).as("before anybody copies").isEqualTo((byte) 3);
    DirectReads.receive(channel, slot, first.nioBuffer());
    ByteBuf second = handle.allocate(UnpooledByteBufAllocator.DEFAULT);
    assertThat(second.writableBytes()).as("never more than the message").isEqualTo(5);
    handle.lastBytesRead(0);
    DirectReads.receive(
        channel, slot, read(handle, (byte) 4, (byte) 5, (byte) 6, (byte) 7, (byte) 8).nioBuffer());
    slot.end();

    assertThat(slot.done()).isCompleted();
    assertThat(target).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
  }

  @Test
  void betweenMessagesNothingIsReadIntoTheTarget() {
    RecvByteBufAllocator.Handle handle = begin();
    DirectReads.end(channel);

    read(handle, (byte) 1);

    assertThat(target.get(0)).isZero();
  }

  @Test
  void afterFailureTheTargetIsNotTouched() {
    RecvByteBufAllocator.Handle handle = begin();
    slot.fail(new IllegalStateException("gone"));

    read(handle, (byte) 1);

    assertThat(target.get(0)).isZero();
  }

  @Test
  void failureWaitsForReadUnderWay() throws Exception {
    RecvByteBufAllocator.Handle handle = begin();
    ByteBuf buffer = handle.allocate(UnpooledByteBufAllocator.DEFAULT);
    Thread failing = new Thread(() -> slot.fail(new IllegalStateException("gone")));
    failing.start();
    while (failing.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(slot.done()).as("the owner may not free the target yet").isNotDone();

    buffer.writeByte(1);
    handle.lastBytesRead(1);
    failing.join();

    assertThat(slot.done()).isCompletedExceptionally();
  }

  /** A read that threw an exception is followed by this call alone. */
  @Test
  void brokenReadGivesTheTargetBack() {
    RecvByteBufAllocator.Handle handle = begin();
    handle.allocate(UnpooledByteBufAllocator.DEFAULT);

    handle.readComplete();
    slot.fail(new IllegalStateException("gone"));

    assertThatThrownBy(() -> slot.done().get(0, TimeUnit.SECONDS)).hasMessageContaining("gone");
  }

  @Test
  void messagesOfAnySizeArriveOverConnection() throws Exception {
    ExchangeHandler handler = new ExchangeHandler();
    Mailbox mailbox = new Mailbox();
    handler.register(new ExchangeHandler.Address(SESSION, 0), mailbox);
    TransportConf conf = new TransportConf("test", new MapConfigProvider(Map.of()));
    Random random = new Random(1);
    try (TransportContext context = new TransportContext(conf, handler);
        TransportServer server =
            context.createServer("127.0.0.1", 0, List.of(new DirectReads.Bootstrap()));
        TransportClientFactory clients = context.createClientFactory(List.of());
        TransportClient client = clients.createClient("127.0.0.1", server.getPort())) {
      int step = 0;
      for (int bytes : new int[] {1, 0, 3, 5_000_001, 64 << 10, 7, 1 << 20, (1 << 20) + 1}) {
        byte[] sent = new byte[bytes];
        random.nextBytes(sent);
        MessageKey key = new MessageKey(1, ++step, "");
        ByteBuffer received = ByteBuffer.allocateDirect(bytes);
        Slot arrival = mailbox.receive(key, received);
        upload(client, new MessageHeader(MessageHeader.Kind.DATA, SESSION, 0, key, bytes, 0), sent);

        arrival.done().get(30, TimeUnit.SECONDS);
        assertThat(received).isEqualTo(ByteBuffer.wrap(sent));
      }
    }
  }

  private static void upload(TransportClient client, MessageHeader header, byte[] bytes)
      throws Exception {
    CompletableFuture<Void> answered = new CompletableFuture<>();
    client.uploadStream(
        new NioManagedBuffer(header.encode()),
        new NioManagedBuffer(ByteBuffer.wrap(bytes)),
        new RpcResponseCallback() {
          @Override
          public void onSuccess(ByteBuffer response) {
            answered.complete(null);
          }

          @Override
          public void onFailure(Throwable cause) {
            answered.completeExceptionally(cause);
          }
        });
    answered.get(30, TimeUnit.SECONDS);
  }
}
