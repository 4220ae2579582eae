package dev.sinter.trainer.sync;

import dev.sinter.trainer.SparkTestClusters;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class SparkExchangeTest extends ExchangeContract {
  private static JavaSparkContext spark;

  @BeforeAll
  static void start() throws Exception {
    spark = SparkTestClusters.localCluster("exchange", 2, Map.of());
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @Override
  List<Serializable> onTwoWorkers(double timeoutSeconds, WorkerBody body) {
    return SparkWorkers.run(spark, 2, timeoutSeconds, body);
  }
}
