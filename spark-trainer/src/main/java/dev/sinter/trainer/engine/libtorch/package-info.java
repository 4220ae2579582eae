/** Executes DL4J graphs with libtorch, one operation object per layer. */
package dev.sinter.trainer.engine.libtorch;
