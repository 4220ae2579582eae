/** Executes one network on one worker: gradients and predictions over flat, off-heap vectors. */
package dev.sinter.trainer.engine;
