/** Networks, their blocks and their registry: DL4J configurations, no Spark, no Hadoop. */
package dev.sinter.model;
