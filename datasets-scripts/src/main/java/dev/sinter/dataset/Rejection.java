package dev.sinter.dataset;

import java.io.Serializable;

/**
 * A file that is not taken.
 *
 * @param path true path below the input, which is hidden wherever it is shown
 * @param code why
 * @param message why, in words that hold nothing of the path
 */
record Rejection(String path, String code, String message) implements Serializable {}
