/** Search for hyper-parameters: many runs, of which the better ones train longer. */
package dev.sinter.trainer.tuning;
