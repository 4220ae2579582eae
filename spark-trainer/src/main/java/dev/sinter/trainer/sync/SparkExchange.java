package dev.sinter.trainer.sync;

import dev.sinter.trainer.sync.ExchangeHandler.Address;
import dev.sinter.trainer.sync.MessageHeader.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.network.buffer.NioManagedBuffer;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An exchange between the tasks of a barrier stage, over Spark's own network library. Lives on
 * executors.
 *
 * <p>Workers of one process hand bytes over directly.
 */
public final class SparkExchange implements Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(SparkExchange.class);
  private static final double CLOSE_SECONDS = 5;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private record Outgoing(int peer, CompletableFuture<Void> done) {}

  private final ExchangeServer server;
  private final Session session;
  private final int rank;
  private final List<String> addresses;
  private final Deadline deadline;
  private final Mailbox mailbox;
  private final Map<Integer, TransportClient> clients = new ConcurrentHashMap<>();
  private final Map<Long, Outgoing> outgoing = new ConcurrentHashMap<>();
  private final AtomicLong messages = new AtomicLong();
  private final AtomicLong bytesSent = new AtomicLong();
  private Neighbours neighbours;
  private boolean closed;

  private SparkExchange(
      ExchangeServer server,
      Session session,
      int rank,
      Mailbox mailbox,
      List<String> addresses,
      Deadline deadline) {
    this.server = server;
    this.session = session;
    this.rank = rank;
    this.mailbox = mailbox;
    this.addresses = addresses;
    this.deadline = deadline;
  }

  /**
   * Meets the other tasks of a barrier stage; a worker's rank is its partition.
   *
   * @param runId names the run, the same on all workers
   * @param timeoutSeconds deadline of every later wait that names none
   */
  public static SparkExchange meet(
      BarrierTaskContext context, String runId, double timeoutSeconds) {
    ExchangeServer server = ExchangeServer.ofThisProcess();
    // Registered before the others learn the address, so that their first message finds it.
    Session session = new Session(runId, context.stageAttemptNumber());
    Mailbox mailbox = new Mailbox();
    Address here = new Address(session, context.partitionId());
    server.handler().register(here, mailbox);
    try {
      List<String> addresses = List.of(context.allGather(server.address()));
      return connect(
          server, here, mailbox, addresses, new Deadline(timeoutSeconds, context::isInterrupted));
    } catch (Throwable e) { // Spark throws its checked exceptions undeclared
      server.handler().unregister(here);
      throw e;
    }
  }

  private static SparkExchange connect(
      ExchangeServer server,
      Address here,
      Mailbox mailbox,
      List<String> addresses,
      Deadline deadline) {
    SparkExchange exchange =
        new SparkExchange(server, here.session(), here.rank(), mailbox, addresses, deadline);
    BooleanSupplier never = () -> false;
    for (int peer = 0; peer < addresses.size(); peer++) {
      if (!exchange.isLocal(peer)) {
        TransportClient client = server.connect(addresses.get(peer));
        server.handler().connected(client, here, peer);
        exchange.clients.put(peer, client);
        CompletableFuture<Void> greeted = exchange.announce(peer, Kind.HELLO, "");
        new Deadline(deadline.timeoutSeconds(), never)
            .await(greeted, exchange.name(peer) + " to answer");
      }
    }
    exchange.shareMemory();
    return exchange;
  }

  /** With workers in other processes of this host, where they may and can share memory. */
  private void shareMemory() {
    List<Integer> near =
        clients.keySet().stream().filter(peer -> host(peer).equals(host(rank))).toList();
    if (near.isEmpty() || !server.sharesMemory()) {
      return;
    }
    try {
      Neighbours made = Neighbours.create(this::sendPlace);
      for (int peer : near) {
        CompletableFuture<Boolean> mapped =
            announce(peer, Kind.MEMORY, made.file()).handle((done, failure) -> failure == null);
        if (deadline.await(mapped, name(peer) + " to map memory")) {
          made.add(peer);
        }
      }
      made.removeName();
      neighbours = made;
    } catch (IOException e) {
      LOG.info("workers of this host exchange through sockets: {}", e.toString());
    }
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int workers() {
    return addresses.size();
  }

  @Override
  public Transfer push(int peer, long step, String tag, ByteBuffer bytes) {
    MessageKey key = new MessageKey(rank, step, tag);
    bytesSent.addAndGet(bytes.remaining());
    return new PendingTransfer(
        start(peer, key, bytes), deadline, name(peer) + " to take " + key, () -> {});
  }

  private CompletableFuture<Void> start(int peer, MessageKey key, ByteBuffer bytes) {
    if (isLocal(peer)) {
      return deliver(peer, key, bytes);
    }
    if (neighbours != null && neighbours.take(peer, bytes.remaining())) {
      return neighbours.push(peer, key, bytes);
    }
    return send(new MessageHeader(Kind.DATA, session, peer, key, bytes.remaining(), 0), bytes);
  }

  @Override
  public Transfer receive(int peer, long step, String tag, ByteBuffer target) {
    MessageKey key = new MessageKey(peer, step, tag);
    Slot slot = mailbox.receive(key, target);
    return new PendingTransfer(
        slot.done(), deadline, key + " from " + name(peer), () -> mailbox.forget(key));
  }

  @Override
  public long bytesSent() {
    return bytesSent.get();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (int peer = 0; peer < addresses.size(); peer++) {
      if (isLocal(peer)) {
        Mailbox other = server.handler().mailbox(new Address(session, peer));
        if (other != null && peer != rank) {
          other.peerGone(rank, PeerFailures.lost("worker " + rank + " left", null));
        }
      } else if (clients.containsKey(peer)) {
        // Settled below with the rest; a peer that is gone does not need it.
        CompletableFuture<Void> unused = announce(peer, Kind.LEAVE, "");
      }
    }
    server.handler().unregister(new Address(session, rank));
    mailbox.close();
    if (neighbours != null) {
      neighbours.close();
    }
    settlePushes();
  }

  /** Memory being sent may be freed after this: what does not end soon loses its connection. */
  private void settlePushes() {
    long end = System.nanoTime() + (long) (CLOSE_SECONDS * 1e9);
    for (Outgoing message : outgoing.values()) {
      try {
        message
            .done()
            .handle((result, failure) -> null)
            .get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        clients.get(message.peer()).close();
      } catch (ExecutionException | TimeoutException e) {
        clients.get(message.peer()).close();
      }
    }
  }

  private boolean isLocal(int peer) {
    return addresses.get(peer).equals(addresses.get(rank));
  }

  private String host(int peer) {
    return addresses.get(peer).substring(0, addresses.get(peer).lastIndexOf(':'));
  }

  private String name(int peer) {
    return "worker "
        + peer
        + " at "
        + addresses.get(peer)
        + " (attempt "
        + session.stageAttempt()
        + " of run "
        + session.runId()
        + ")";
  }

  private CompletableFuture<Void> deliver(int peer, MessageKey key, ByteBuffer bytes) {
    Mailbox other = server.handler().mailbox(new Address(session, peer));
    if (other == null) {
      return CompletableFuture.failedFuture(PeerFailures.lost(name(peer) + " left", null));
    }
    try {
      Slot slot = other.begin(key, bytes.remaining());
      slot.write(bytes.duplicate());
      slot.end();
      return CompletableFuture.completedFuture(null);
    } catch (IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Void> announce(int peer, Kind kind, String tag) {
    return send(
        new MessageHeader(kind, session, peer, new MessageKey(rank, 0, tag), 0, 0), NOTHING);
  }

  private CompletableFuture<Void> sendPlace(int peer, MessageKey key, int bytes, int at) {
    return send(new MessageHeader(Kind.SHARED, session, peer, key, bytes, at), NOTHING);
  }

  private CompletableFuture<Void> send(MessageHeader header, ByteBuffer bytes) {
    int peer = header.to();
    CompletableFuture<Void> done = new CompletableFuture<>();
    long message = messages.incrementAndGet();
    outgoing.put(message, new Outgoing(peer, done));
    clients
        .get(peer)
        .uploadStream(
            new NioManagedBuffer(header.encode()),
            new NioManagedBuffer(bytes.duplicate()),
            new RpcResponseCallback() {
              @Override
              public void onSuccess(ByteBuffer response) {
                outgoing.remove(message);
                done.complete(null);
              }

              @Override
              public void onFailure(Throwable cause) {
                outgoing.remove(message);
                done.completeExceptionally(failure(peer, cause));
              }
            });
    return done;
  }

  private Throwable failure(int peer, Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    int refusal = text.indexOf(ExchangeServer.REFUSED);
    return refusal < 0
        ? PeerFailures.lost("lost the connection to " + name(peer), cause)
        : PeerFailures.refused(
            name(peer) + " " + text.substring(refusal).lines().findFirst().get());
  }
}
