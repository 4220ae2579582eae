package dev.sinter.trainer.sync;

import java.io.Serializable;
import java.util.List;

class InMemoryExchangeTest extends ExchangeContract {
  @Override
  List<Serializable> onTwoWorkers(double timeoutSeconds, WorkerBody body) throws Exception {
    return InMemoryWorkers.run(2, timeoutSeconds, body);
  }
}
