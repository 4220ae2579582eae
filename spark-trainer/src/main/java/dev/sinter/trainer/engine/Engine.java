package dev.sinter.trainer.engine;

/** Makes replicas of a network; one per process. */
public interface Engine {
  /** {@code libtorch} or {@code nd4j}, as in {@code engine.name}. */
  String name();

  /**
   * Creates a replica that reads its parameters from a vector shared with other replicas.
   *
   * <p>To be called on the thread that will use the replica, since thread counts and gradient modes
   * are kept per thread.
   *
   * @param network the network
   * @param parameters flat parameter vector in the order of {@code network.layout()}; stays the
   *     caller's
   * @throws dev.sinter.error.SinterException {@code LAYER_NOT_SUPPORTED} for a layer that this
   *     engine does not know
   */
  Replica createReplica(Network network, FlatVector parameters);
}
