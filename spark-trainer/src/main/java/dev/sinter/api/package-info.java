/** Sinter from a notebook or a Java program, in a Spark session that is already there. */
package dev.sinter.api;
