package dev.sinter.trainer.bench;

import java.io.Serializable;

/**
 * What is to be measured of the exchange.
 *
 * @param method who averages
 * @param workers executor processes, 2 or more, with a core each
 * @param floats length of the vector that is averaged over them
 * @param rounds how often
 */
public record SyncCase(Method method, int workers, int floats, int rounds) implements Serializable {
  /** Who averages. */
  public enum Method {
    /** Sinter's own exchange. */
    ALL_REDUCE("all-reduce"),
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
