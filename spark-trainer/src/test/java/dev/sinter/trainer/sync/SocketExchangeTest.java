package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.SparkTestClusters;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** As between hosts. */
class SocketExchangeTest extends ExchangeContract {
  private static JavaSparkContext spark;

  @BeforeAll
  static void start() throws Exception {
    spark =
        SparkTestClusters.localCluster(
            "sockets", 2, Map.of("spark.sinter.exchange.sharedMemory", "false"));
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @Override
  List<Serializable> onTwoWorkers(double timeoutSeconds, WorkerBody body) {
    return SparkWorkers.run(spark, 2, timeoutSeconds, body);
  }

  @Test
  void sharesNoMemory() throws Exception {
    assertThat(SharedMappings.onTwoWorkers(this)).isEqualTo(List.of("sockets", "sockets"));
  }
}
