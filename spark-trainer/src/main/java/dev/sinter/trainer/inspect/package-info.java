/** What {@code sinter inspect} finds in files, datasets, checkpoints and weights. Driver only. */
package dev.sinter.trainer.inspect;
