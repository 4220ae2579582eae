/** Keras HDF5 files: their weights, and the networks that they describe. */
package dev.sinter.model.pretrained.keras;
