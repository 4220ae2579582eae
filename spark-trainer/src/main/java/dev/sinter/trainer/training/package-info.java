/**
 * The training job: the driver's side, the workers in their barrier stage, and what they tell each
 * other.
 */
package dev.sinter.trainer.training;
