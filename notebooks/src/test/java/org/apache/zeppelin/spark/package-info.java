/** The tests' own bridge between Zeppelin's Spark interpreter and Spark's shell. */
package org.apache.zeppelin.spark;
