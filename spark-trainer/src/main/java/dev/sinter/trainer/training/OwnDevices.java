package dev.sinter.trainer.training;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.sync.Exchange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sees that no two workers compute on the same GPU: executors whose discovery scripts all print
 * every GPU of a host are given the same ones, and Spark does not notice.
 */
final class OwnDevices {
  private OwnDevices() {}

  /** Called by all workers of a run on GPUs; the first one decides. */
  static void require(Exchange exchange, ComputeDevice device, double timeoutSeconds) {
    String mine = device + " on " + Hosts.name();
    requireDistinct(Gathering.toFirst(exchange, 0, "device", String.class, mine, timeoutSeconds));
    // Nobody takes memory on a GPU before all are known to be apart.
    exchange.barrier(0, "devices apart", timeoutSeconds);
  }

  /**
   * Checks.
   *
   * @param devices each worker's, with its host
   * @throws SinterException {@code GPU_SHARED}
   */
  static void requireDistinct(List<String> devices) {
    Map<String, Integer> ranks = new HashMap<>();
    for (int rank = 0; rank < devices.size(); rank++) {
      Integer other = ranks.putIfAbsent(devices.get(rank), rank);
      if (other != null) {
        throw new SinterException(
            ErrorCategory.RESOURCES,
            "GPU_SHARED",
            "workers " + other + " and " + rank + " were both given " + devices.get(rank),
            "run one executor per host with all of its GPUs, or let the cluster manager isolate them: executors of one"
                + " host whose discovery scripts print the same GPUs are given the same");
      }
    }
  }
}
