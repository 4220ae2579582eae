package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.sync.Exchange;
import dev.sinter.trainer.sync.InMemoryExchange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GatheringTest {
  @Test
  void bringsEveryWorkersObjectToTheFirst() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<List<String>>> futures = new ArrayList<>();
      for (Exchange exchange : InMemoryExchange.group(3, 20)) {
        futures.add(
            threads.submit(
                () -> {
                  // Of different lengths: the second is received into a buffer of its own size.
                  String mine = "worker " + "x".repeat(1000 * exchange.rank());
                  List<String> first =
                      Gathering.toFirst(exchange, 7, "words", String.class, mine, 20);
                  List<String> second =
                      Gathering.toFirst(exchange, 7, "more words", String.class, mine, 20);
                  assertThat(second).isEqualTo(first);
                  return first;
                }));
      }
      assertThat(futures.get(0).get(20, TimeUnit.SECONDS))
          .containsExactly("worker ", "worker " + "x".repeat(1000), "worker " + "x".repeat(2000));
      assertThat(futures.get(1).get(20, TimeUnit.SECONDS)).isEmpty();
      assertThat(futures.get(2).get(20, TimeUnit.SECONDS)).isEmpty();
    } finally {
      threads.shutdownNow();
    }
  }
}
