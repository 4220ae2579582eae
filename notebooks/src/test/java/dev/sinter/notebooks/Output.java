package dev.sinter.notebooks;

/**
 * A part of what a paragraph shows.
 *
 * @param type {@code TEXT}, {@code TABLE}, {@code HTML}, ...
 * @param data without the type's mark
 */
record Output(String type, String data) {}
