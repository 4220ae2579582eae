/** Builds the bundle: one jar of Sinter and its libraries, and the archive that users unpack. */
package dev.sinter.bundle;
