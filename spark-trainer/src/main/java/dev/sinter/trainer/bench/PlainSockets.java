package dev.sinter.trainer.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * The yardstick: every worker sends bytes to every other at the same time, from its memory into
 * theirs, over one TCP connection per direction and with a blocking thread at each end.
 */
final class PlainSockets implements AutoCloseable {
  private static final long TIMEOUT_SECONDS = 120;

  private final List<SocketChannel> outgoing = new ArrayList<>();
  private final List<SocketChannel> incoming = new ArrayList<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "sinter-plain-socket");
            thread.setDaemon(true);
            return thread;
          });

  private PlainSockets() {}

  /**
   * Connects all workers.
   *
   * @param host where the others reach this worker
   * @param gather gives all workers' addresses, by rank, for this one's
   */
  static PlainSockets connect(int rank, String host, Function<String, List<String>> gather)
      throws IOException {
    PlainSockets sockets = new PlainSockets();
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(host, 0));
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      List<String> addresses = gather.apply(host + ":" + port);
      for (int peer = 0; peer < addresses.size(); peer++) {
        if (peer != rank) {
          String address = addresses.get(peer);
          int colon = address.lastIndexOf(':');
          sockets.outgoing.add(
              SocketChannel.open(
                  new InetSocketAddress(
                      address.substring(0, colon),
                      Integer.parseInt(address.substring(colon + 1)))));
        }
      }
      while (sockets.incoming.size() < addresses.size() - 1) {
        sockets.incoming.add(server.accept());
      }
      for (SocketChannel channel : sockets.outgoing) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      return sockets;
    } catch (IOException | RuntimeException e) {
      sockets.close();
      throw e;
    }
  }

  /**
   * Sends and receives, and returns when both are done.
   *
   * @param from one buffer per peer
   * @param to one buffer per peer, of the same sizes everywhere
   */
  void exchange(List<ByteBuffer> from, List<ByteBuffer> to) {
    List<Future<Void>> running = new ArrayList<>();
    for (int i = 0; i < outgoing.size(); i++) {
      SocketChannel out = outgoing.get(i);
      SocketChannel in = incoming.get(i);
      ByteBuffer source = from.get(i).duplicate();
      ByteBuffer target = to.get(i).duplicate();
      running.add(threads.submit(send(out, source)));
      running.add(threads.submit(receive(in, target)));
    }
    for (Future<Void> transfer : running) {
      await(transfer);
    }
  }

  private static Callable<Void> send(SocketChannel channel, ByteBuffer bytes) {
    return () -> {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return null;
    };
  }

  private static Callable<Void> receive(SocketChannel channel, ByteBuffer bytes) {
    return () -> {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          throw new EOFException("a worker closed its connection");
        }
      }
      return null;
    };
  }

  private static void await(Future<Void> transfer) {
    try {
      transfer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while bytes were sent", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("plain sockets did not carry the bytes", e);
    }
  }

  /** Ends also transfers under way. */
  @Override
  public void close() throws IOException {
    for (SocketChannel channel : outgoing) {
      channel.close();
    }
    for (SocketChannel channel : incoming) {
      channel.close();
    }
    threads.shutdownNow();
  }
}
