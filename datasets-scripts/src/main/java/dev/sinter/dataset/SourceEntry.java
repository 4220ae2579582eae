package dev.sinter.dataset;

import java.io.Serializable;

/**
 * A file that was listed.
 *
 * @param path full URI
 * @param relative path below the collection's folder
 * @param maskPath full URI of its mask; empty without one
 * @param label class index; -1 without one
 * @param givenSplit split of its folder; empty when the collection gives none
 * @param patient key of its patient, not hashed
 * @param bytes size of the file
 */
record SourceEntry(
    String path,
    String relative,
    String maskPath,
    int label,
    String givenSplit,
    String patient,
    long bytes)
    implements Serializable {}
