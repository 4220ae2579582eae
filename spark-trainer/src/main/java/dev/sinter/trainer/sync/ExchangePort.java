package dev.sinter.trainer.sync;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.server.NoOpRpcHandler;
import org.apache.spark.network.util.MapConfigProvider;
import org.apache.spark.network.util.TransportConf;

/** The port of this process, tried before a run needs it. Lives on executors. */
public final class ExchangePort {
  private static final long ANSWER_MILLIS = 10_000;

  private ExchangePort() {}

  /**
   * Opens the port, unless it is open.
   *
   * @return {@code host:port}
   * @throws SinterException {@code EXCHANGE_PORT_TAKEN}
   */
  public static String open() {
    try {
      return ExchangeServer.ofThisProcess().address();
    } catch (Exception e) { // Netty throws its checked exceptions undeclared
      int port = SparkEnv.get().conf().getInt(ExchangeServer.PORT_KEY, 0);
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "EXCHANGE_PORT_TAKEN",
          ExchangeServer.PORT_KEY
              + " "
              + port
              + " cannot be opened: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          "set " + ExchangeServer.PORT_KEY + " to a free port, or drop it to take any free one",
          e);
    }
  }

  /** Whether somebody without the secret of this application gets as far as its messages. */
  public static boolean admitsStranger() {
    String address = open();
    int colon = address.lastIndexOf(':');
    try (TransportContext context =
            new TransportContext(
                new TransportConf("stranger", new MapConfigProvider(Map.of())),
                new NoOpRpcHandler());
        TransportClientFactory clients = context.createClientFactory(List.of());
        TransportClient client =
            clients.createClient(
                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
      client.sendRpcSync(ByteBuffer.wrap(new byte[] {1}), ANSWER_MILLIS);
      return true;
    } catch (IOException | RuntimeException e) {
      return String.valueOf(e.getMessage()).contains(ExchangeHandler.WITHOUT_HEADER);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
