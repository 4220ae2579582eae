package dev.sinter.dataset;

import java.io.Serializable;

/** One line of {@code rejected.jsonl}. */
record Rejection(String path, String code, String message) implements Serializable {}
