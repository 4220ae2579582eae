package dev.sinter.trainer.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientBootstrap;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.crypto.AuthServerBootstrap;
import org.apache.spark.network.netty.SparkTransportConf;
import org.apache.spark.network.server.TransportServer;
import org.apache.spark.network.server.TransportServerBootstrap;
import org.apache.spark.network.util.TransportConf;

/**
 * The one port of an executor process, with Spark's own authentication and encryption. Lives as
 * long as the process.
 */
final class ExchangeServer {
  /** Begins the text of a refusal. */
  static final String REFUSED = "refused: ";

  /** The port to listen on; 0, the default, takes a free one. */
  static final String PORT_KEY = "spark.sinter.exchange.port";

  /** Whether executors of one host may hand bytes over through memory that they share. */
  private static final String MEMORY_KEY = "spark.sinter.exchange.sharedMemory";

  private static ExchangeServer instance;

  private final ExchangeHandler handler = new ExchangeHandler();
  private final TransportClientFactory clients;
  private final TransportServer server;
  private final String host;
  private final boolean sharesMemory;

  private ExchangeServer(SparkEnv env) {
    SparkConf conf = env.conf();
    SecurityManager security = env.securityManager();
    TransportConf transport =
        SparkTransportConf.fromSparkConf(conf, "sinter", 2, scala.Option.empty());
    List<TransportServerBootstrap> serverBootstraps = new ArrayList<>();
    List<TransportClientBootstrap> clientBootstraps = List.of();
    if (security.isAuthenticationEnabled()) {
      serverBootstraps.add(new AuthServerBootstrap(transport, security));
      clientBootstraps = List.of(new AuthClientBootstrap(transport, conf.getAppId(), security));
    }
    if (!security.isEncryptionEnabled()) {
      serverBootstraps.add(new DirectReads.Bootstrap());
    }
    // What is to be encrypted on its way is not laid open beside it.
    sharesMemory = !security.isEncryptionEnabled() && conf.getBoolean(MEMORY_KEY, true);
    host = env.blockManager().blockManagerId().host();
    // The context and the server stay open for good: other runs in this process use them.
    TransportContext context = new TransportContext(transport, handler);
    clients = context.createClientFactory(clientBootstraps);
    server = context.createServer(host, conf.getInt(PORT_KEY, 0), serverBootstraps);
  }

  /** The server of this process, started on first use. */
  static synchronized ExchangeServer ofThisProcess() {
    if (instance == null) {
      instance = new ExchangeServer(SparkEnv.get());
    }
    return instance;
  }

  ExchangeHandler handler() {
    return handler;
  }

  /** Whether workers may share memory with those in other processes of this host. */
  boolean sharesMemory() {
    return sharesMemory;
  }

  /** {@code host:port}, as peers reach it. */
  String address() {
    return host + ":" + server.getPort();
  }

  /** Connects to the server of another process; connections are shared and kept. */
  TransportClient connect(String address) {
    int colon = address.lastIndexOf(':');
    try {
      return clients.createClient(
          address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    } catch (IOException e) {
      throw PeerFailures.lost("cannot connect to " + address + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw PeerFailures.lost("interrupted while connecting to " + address, e);
    }
  }
}
