/**
 * From samples to micro-batches: lanes, order, a worker's cache on disk, augmentation, prefetching.
 *
 * <p>Everything here depends on seeds and indices alone, never on workers, hosts or thread timing.
 */
package dev.sinter.trainer.data;
