/** How Spark ships what Sinter gives it. */
package dev.sinter.trainer.spark;
