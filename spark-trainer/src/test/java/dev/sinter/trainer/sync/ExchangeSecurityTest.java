package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.SparkTestClusters;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.buffer.NioManagedBuffer;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientBootstrap;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.netty.SparkTransportConf;
import org.apache.spark.network.sasl.SecretKeyHolder;
import org.apache.spark.network.server.NoOpRpcHandler;
import org.apache.spark.network.util.TransportConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A peer that does not know the secret gets nothing into a run, and does not disturb it. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExchangeSecurityTest {
  private static final String SECRET = "of this test";
  private static final String RUN = "a run whose name the intruder has learnt";
  private static final int ADDRESS_BYTES = 64;
  private static final Map<String, String> SECURITY =
      Map.of(
          "spark.authenticate", "true",
          "spark.authenticate.secret", SECRET,
          "spark.network.crypto.enabled", "true");

  @Test
  void refusesPeersWithoutTheSecret() throws Exception {
    assertThat(attempts(""))
        .as("without authentication, with the secret's name alone")
        .containsExactly("untouched", "refused, refused");
  }

  /** What shows that the attempt itself is sound. */
  @Test
  void whoKnowsTheSecretIsServed() throws Exception {
    assertThat(attempts(SECRET)).last().isEqualTo("refused, served");
  }

  /** What worker 0 finds, and how worker 1 fares that also plays the intruder. */
  private static List<Serializable> attempts(String secret) throws Exception {
    try (JavaSparkContext spark = SparkTestClusters.localCluster("secret", 2, SECURITY)) {
      return SparkWorkers.run(spark, 2, 60, ignored -> attempt(secret));
    }
  }

  private static String attempt(String secret) {
    try (SparkExchange exchange = SparkExchange.meet(BarrierTaskContext.get(), RUN, 60)) {
      return exchange.rank() == 0 ? defend(exchange, secret) : intrude(exchange, secret);
    }
  }

  private static String defend(SparkExchange exchange, String secret) {
    ByteBuffer address = ByteBuffer.allocateDirect(ADDRESS_BYTES);
    address.put(ExchangeServer.ofThisProcess().address().getBytes(StandardCharsets.UTF_8));
    exchange.push(1, 1, "address", address.rewind()).await();
    ByteBuffer value = ByteBuffer.allocateDirect(Long.BYTES);
    Transfer posted = exchange.receive(1, 2, "value", value);
    exchange.barrier(3); // the intruder has tried
    if (!secret.equals(SECRET)) {
      exchange.push(1, 4, "go on", ByteBuffer.allocateDirect(1)).await();
      posted.await(); // the worker's own message is the first to come
    }
    return value.getLong(0) == 42 ? "untouched" : "holds " + value.getLong(0);
  }

  private static String intrude(SparkExchange exchange, String secret) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(ADDRESS_BYTES);
    exchange.receive(0, 1, "address", bytes).await();
    String address = StandardCharsets.UTF_8.decode(bytes.rewind()).toString().trim();
    TransportConf transport =
        SparkTransportConf.fromSparkConf(
            SparkEnv.get().conf(), "intruder", 1, scala.Option.empty());
    String without = send(address, transport, List.of());
    String with =
        send(
            address,
            transport,
            List.of(
                new AuthClientBootstrap(
                    transport, SparkEnv.get().conf().getAppId(), holder(secret))));
    exchange.barrier(3);
    if (!secret.equals(SECRET)) {
      exchange.receive(0, 4, "go on", ByteBuffer.allocateDirect(1)).await();
      ByteBuffer value = ByteBuffer.allocateDirect(Long.BYTES).putLong(0, 42);
      exchange.push(0, 2, "value", value).await();
    }
    return without + ", " + with;
  }

  private static SecretKeyHolder holder(String secret) {
    return new SecretKeyHolder() {
      @Override
      public String getSaslUser(String appId) {
        return new SparkConf().get("spark.app.user", "sparkSaslUser");
      }

      @Override
      public String getSecretKey(String appId) {
        return secret.isEmpty() ? "a guess" : secret;
      }
    };
  }

  /** Sends what worker 1 is to send, with a value of its own. */
  private static String send(
      String address, TransportConf transport, List<TransportClientBootstrap> bootstraps) {
    int colon = address.lastIndexOf(':');
    try (TransportContext context = new TransportContext(transport, new NoOpRpcHandler());
        TransportClientFactory factory = context.createClientFactory(bootstraps)) {
      TransportClient client =
          factory.createUnmanagedClient(
              address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
      MessageHeader header =
          new MessageHeader(
              MessageHeader.Kind.DATA,
              new Session(RUN, BarrierTaskContext.get().stageAttemptNumber()),
              0,
              new MessageKey(1, 2, "value"),
              Long.BYTES,
              0);
      CompletableFuture<String> answer = new CompletableFuture<>();
      client.uploadStream(
          new NioManagedBuffer(header.encode()),
          new NioManagedBuffer(ByteBuffer.allocate(Long.BYTES).putLong(0, 13)),
          new RpcResponseCallback() {
            @Override
            public void onSuccess(ByteBuffer response) {
              answer.complete("served");
            }

            @Override
            public void onFailure(Throwable failure) {
              answer.complete("refused");
            }
          });
      return answer.get(60, TimeUnit.SECONDS);
    } catch (Exception e) { // a bootstrap fails with any
      return "refused";
    }
  }
}
