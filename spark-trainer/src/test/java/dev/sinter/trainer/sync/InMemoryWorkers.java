package dev.sinter.trainer.sync;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs one body per worker on threads of this process. */
final class InMemoryWorkers {
  private InMemoryWorkers() {}

  static List<Serializable> run(int workers, double timeoutSeconds, WorkerBody body)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<Exchange> exchanges = InMemoryExchange.group(workers, timeoutSeconds);
    ExecutorService threads = Executors.newFixedThreadPool(workers);
    try {
      List<Future<Serializable>> futures = new ArrayList<>();
      for (Exchange exchange : exchanges) {
        futures.add(
            threads.submit(
                () -> {
                  try (exchange) {
                    return body.run(exchange);
                  }
                }));
      }
      List<Serializable> results = new ArrayList<>();
      for (Future<Serializable> future : futures) {
        results.add(future.get(60, TimeUnit.SECONDS));
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
