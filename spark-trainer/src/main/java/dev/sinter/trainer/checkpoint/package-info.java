/** Checkpoints: what a run leaves behind to go on from, to evaluate and to predict with. */
package dev.sinter.trainer.checkpoint;
