package dev.sinter.dataset.source.dicom;

import java.io.Serializable;

/**
 * A window that the file recommends for display, PS3.3 section C.11.2.1.2, of rescaled values.
 *
 * @param center of the window
 * @param width at least 1 for the linear function
 */
public record Window(double center, double width) implements Serializable {}
