/**
 * Optimizers and learning-rate schedules in plain IEEE arithmetic, whose result for an element does
 * not depend on how the vector is sliced.
 */
package dev.sinter.trainer.optimizer;
