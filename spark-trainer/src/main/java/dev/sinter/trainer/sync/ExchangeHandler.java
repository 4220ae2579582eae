package dev.sinter.trainer.sync;

import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.StreamCallbackWithID;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;

/**
 * Routes what arrives at an executor to the mailboxes of its workers. Called by Netty's threads.
 */
final class ExchangeHandler extends RpcHandler {
  /** The answer to what no worker sends. */
  static final String WITHOUT_HEADER = "every message has a header";

  /** A worker of this executor. */
  record Address(Session session, int rank) {}

  private record Peer(Address at, int rank) {}

  private final Map<Address, Mailbox> mailboxes = new ConcurrentHashMap<>();
  private final Map<TransportClient, Set<Peer>> peers = new ConcurrentHashMap<>();
  private final StreamManager streams = new OneForOneStreamManager();

  void register(Address address, Mailbox mailbox) {
    if (mailboxes.putIfAbsent(address, mailbox) != null) {
      throw new IllegalStateException(address + " is already here");
    }
  }

  void unregister(Address address) {
    mailboxes.remove(address);
    peers.values().forEach(known -> known.removeIf(peer -> peer.at().equals(address)));
  }

  /** The mailbox of a worker of this executor, or null. */
  Mailbox mailbox(Address address) {
    return mailboxes.get(address);
  }

  /** Remembers who is at the other end of a connection, to tell when it is lost. */
  void connected(TransportClient client, Address at, int peer) {
    peers.computeIfAbsent(client, c -> ConcurrentHashMap.newKeySet()).add(new Peer(at, peer));
    if (!client.isActive()) {
      channelInactive(client);
    }
  }

  @Override
  public StreamCallbackWithID receiveStream(
      TransportClient client, ByteBuffer encoded, RpcResponseCallback callback) {
    MessageHeader header = MessageHeader.decode(encoded);
    Address address = new Address(header.session(), header.to());
    Mailbox mailbox = mailboxes.get(address);
    // An exception thrown here would end the connection, which other attempts share.
    if (mailbox == null) {
      return new Arrival(client, header, "no worker " + address.rank() + " of " + header.session());
    }
    try {
      return new Arrival(client, header, slot(mailbox, client, header));
    } catch (IOException | RuntimeException e) {
      return new Arrival(client, header, e.getMessage());
    }
  }

  private Slot slot(Mailbox mailbox, TransportClient client, MessageHeader header)
      throws IOException {
    MessageKey key = header.key();
    int from = key.from();
    switch (header.kind()) {
      case DATA -> {
        return mailbox.begin(key, header.bytes());
      }
      case SHARED -> {
        return mailbox.take(key, header.at(), header.bytes());
      }
      case MEMORY -> mailbox.map(from, SharedMemory.open(key.tag()));
      case HELLO -> connected(client, new Address(header.session(), header.to()), from);
      case LEAVE -> mailbox.peerGone(from, PeerFailures.lost("worker " + from + " left", null));
    }
    return new Slot();
  }

  @Override
  public void channelInactive(TransportClient client) {
    Set<Peer> lost = peers.remove(client);
    if (lost == null) {
      return;
    }
    for (Peer peer : lost) {
      Mailbox mailbox = mailboxes.get(peer.at());
      if (mailbox != null) {
        String problem = "lost the connection to worker " + peer.rank();
        mailbox.peerGone(
            peer.rank(), PeerFailures.lost(problem + " at " + client.getSocketAddress(), null));
      }
    }
  }

  @Override
  public void receive(TransportClient client, ByteBuffer message, RpcResponseCallback callback) {
    callback.onFailure(new UnsupportedOperationException(WITHOUT_HEADER));
  }

  @Override
  public StreamManager getStreamManager() {
    return streams;
  }

  /** One message on its way in. */
  private static final class Arrival implements StreamCallbackWithID {
    private final Channel channel;
    private final MessageHeader header;
    private final Slot slot;
    private final String refusal;

    Arrival(TransportClient client, MessageHeader header, Slot slot) {
      this.channel = client.getChannel();
      this.header = header;
      this.slot = slot;
      this.refusal = "";
      if (header.kind() == MessageHeader.Kind.DATA && header.bytes() > 0) {
        DirectReads.begin(channel, slot);
      }
    }

    Arrival(TransportClient client, MessageHeader header, String refusal) {
      this.channel = client.getChannel();
      this.header = header;
      this.slot = new Slot();
      slot.close();
      this.refusal = refusal;
    }

    @Override
    public String getID() {
      return header.key().toString();
    }

    @Override
    public void onData(String id, ByteBuffer bytes) {
      DirectReads.receive(channel, slot, bytes);
    }

    @Override
    public void onComplete(String id) throws IOException {
      DirectReads.end(channel);
      if (!refusal.isEmpty()) {
        throw new IOException(ExchangeServer.REFUSED + refusal);
      }
      slot.end();
    }

    @Override
    public void onFailure(String id, Throwable cause) {
      DirectReads.end(channel);
      slot.fail(cause);
    }
  }
}
