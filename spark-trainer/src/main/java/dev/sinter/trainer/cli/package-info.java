/**
 * The command line: {@code sinter}, and the main class of {@code sinter.jar} under spark-submit.
 */
package dev.sinter.trainer.cli;
