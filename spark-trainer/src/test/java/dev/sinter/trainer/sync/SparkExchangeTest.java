package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.SparkTestClusters;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void executorsOfOneHostShareMemory() throws Exception {
    assertThat(SharedMappings.onTwoWorkers(this)).isEqualTo(List.of("shared", "shared"));
  }

  @Test
  void failsAtOnceWhenAProcessDies(@TempDir Path directory) throws Exception {
    String seen = directory.resolve("seen").toString();
    List<Serializable> results =
        onTwoWorkers(
            100,
            exchange -> {
              if (BarrierTaskContext.get().stageAttemptNumber() == 0) {
                if (exchange.rank() == 1) {
                  exchange.barrier(1);
                  Runtime.getRuntime().halt(7);
                }
                write(seen, failureOfReceiving(exchange));
                throw new IllegalStateException("the stage is to start again");
              }
              exchange.barrier(1);
              return "went on";
            });
    assertThat(results).containsExactly("went on", "went on");
    assertThat(Path.of(seen)).content().startsWith("PEER_LOST: lost the connection to worker 1");
  }

  private static String failureOfReceiving(Exchange exchange) {
    try {
      exchange.barrier(1); // may fail already: the other's answer to it can be lost, too
      exchange.receive(1, 2, "never", ByteBuffer.allocateDirect(8)).await();
      return "nothing";
    } catch (SinterException e) {
      return e.code() + ": " + e.getMessage();
    }
  }

  /**
   * Not through a channel, which an interrupt would close: Spark may be ending the task already.
   */
  private static void write(String file, String text) {
    try (OutputStream out = new FileOutputStream(file)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
