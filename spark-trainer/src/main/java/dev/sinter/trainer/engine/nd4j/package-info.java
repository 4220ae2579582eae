/** Executes DL4J graphs with DL4J itself and ND4J's operations: the reference for other engines. */
package dev.sinter.trainer.engine.nd4j;
