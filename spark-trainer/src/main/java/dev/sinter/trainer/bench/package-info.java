/** Measures Sinter against hand-written loops and stock DL4J, each in a process of its own. */
package dev.sinter.trainer.bench;
