/** Runs a trained model over a split or over new images, as ordinary Spark jobs. */
package dev.sinter.trainer.prediction;
