package dev.sinter.trainer.doctor;

import java.io.Serializable;

/**
 * The part of a check that runs on executors.
 *
 * @param <T> what an executor answers
 */
@FunctionalInterface
interface Probe<T extends Serializable> extends Serializable {
  /** Looks; anything that it throws becomes a failure that names the executor. */
  T look() throws Exception;
}
