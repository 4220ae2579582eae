/**
 * Retraining on new data: a challenger is trained, compared with the champion, and promoted or kept
 * out.
 */
package dev.sinter.trainer.retrain;
