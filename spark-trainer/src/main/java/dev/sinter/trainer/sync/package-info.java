/**
 * Combines the work of lanes and workers: exchange between executors and the strategies over it.
 */
package dev.sinter.trainer.sync;
