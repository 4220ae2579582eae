package dev.sinter.trainer.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Serves a folder over HTTP with ranges, and fails as servers do when it is told to. */
final class FetchServer implements AutoCloseable {
  private final Path folder;
  private final HttpServer server;

  /** {@code METHOD PATH} of all requests, with the range of those that had one. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** After so many bytes each answer is cut; 0: none is. */
  volatile int cutAfter;

  /** Whether ranges are answered with all of the file, as some servers do. */
  volatile boolean ignoresRanges;

  /** What is claimed when asked for the size; 0: the truth; -1: such requests are refused. */
  volatile long claimedBytes;

  FetchServer(Path folder) throws IOException {
    this.folder = folder;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String range = exchange.getRequestHeaders().getFirst("Range");
      String path = exchange.getRequestURI().getPath();
      requests.add(exchange.getRequestMethod() + " " + path + (range == null ? "" : " " + range));
      Path file = folder.resolve(path.substring(1));
      if (!Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] bytes = Files.readAllBytes(file);
      if (exchange.getRequestMethod().equals("HEAD")) {
        if (claimedBytes < 0) {
          exchange.sendResponseHeaders(405, -1);
          return;
        }
        long claimed = claimedBytes == 0 ? bytes.length : claimedBytes;
        exchange.getResponseHeaders().set("Content-Length", Long.toString(claimed));
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      int from = 0;
      if (range != null && !ignoresRanges) {
        from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        exchange
            .getResponseHeaders()
            .set("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
      }
      int length = bytes.length - from;
      exchange.sendResponseHeaders(range != null && !ignoresRanges ? 206 : 200, length);
      OutputStream body = exchange.getResponseBody();
      body.write(bytes, from, cutAfter == 0 ? length : Math.min(length, cutAfter));
      body.flush();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
