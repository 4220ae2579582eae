/** A run from images to its report: what the command line, the Java API and Spark ML share. */
package dev.sinter.trainer.run;
