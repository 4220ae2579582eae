package dev.sinter.trainer.doctor;

import java.io.Serializable;
import org.apache.spark.BarrierTaskContext;

/**
 * The part of a check for which workers meet as in a training.
 *
 * @param <T> what a worker answers
 */
@FunctionalInterface
interface MeetingProbe<T extends Serializable> extends Serializable {
  /** Looks; anything that it throws becomes a failure that names the executor. */
  T look(BarrierTaskContext context) throws Exception;
}
