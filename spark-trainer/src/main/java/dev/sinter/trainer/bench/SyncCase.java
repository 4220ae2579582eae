package dev.sinter.trainer.bench;

import dev.sinter.trainer.sync.Compression;
import java.io.Serializable;

/**
 * What is to be measured of the exchange.
 *
 * @param method who averages
 * @param compression of gradient sharing
 * @param workers executor processes, 2 or more, with a core each
 * @param floats length of the vector that is averaged over them
 * @param rounds how often
 */
public record SyncCase(
    Method method, Compression.Kind compression, int workers, int floats, int rounds)
    implements Serializable {
  /** Who averages. */
  public enum Method {
    /** Sinter's exchange alone. */
    ALL_REDUCE("all-reduce"),
    /** A synchronisation of Sinter's gradient sharing, compressed. */
    GRADIENT_SHARING("gradient-sharing"),
    /** A round of DL4J's {@code ParameterAveragingTrainingMaster}. */
    DL4J_AVERAGING("dl4j-averaging");

    private final String key;

    Method(String key) {
      this.key = key;
    }

    /** Its name in tables and JSON. */
    public String key() {
      return key;
    }
  }
}
