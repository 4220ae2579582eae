/**
 * DICOM, after the parts and sections of its standard: data set, pixels, series.
 *
 * <p>No message and no {@code toString} of this package holds the text of an attribute: any of them
 * may name a patient.
 */
package dev.sinter.dataset.source.dicom;
