/** Readers of image files and volumes, chosen by content; no Spark, no Hadoop. */
package dev.sinter.dataset.source;
