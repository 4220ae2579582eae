/** Measures of predictions against the truth, which merge across Spark tasks. */
package dev.sinter.trainer.evaluation;
