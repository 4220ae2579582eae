/** The bundle on real clusters of separate processes. */
package dev.sinter.bundle;
