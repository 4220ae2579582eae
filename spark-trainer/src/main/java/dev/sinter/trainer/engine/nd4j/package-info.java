/** Executes DL4J graphs with DL4J itself: the reference for other engines. */
package dev.sinter.trainer.engine.nd4j;
