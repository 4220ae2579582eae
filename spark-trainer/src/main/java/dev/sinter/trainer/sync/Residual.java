package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import java.util.List;

/**
 * What one worker has not sent yet of its gradients, and what else it alone knows.
 *
 * @param worker whose it is
 * @param workers of the run; another number of them divides the lanes otherwise
 * @param threshold magnitude above which it sends; 0 before the first step, or when it has none
 * @param vectors as long as the flat vector each: the unsent gradients, and with momentum the
 *     momentum of this worker's lanes
 */
public record Residual(int worker, int workers, float threshold, List<FlatVector> vectors) {}
