/**
 * Weights from elsewhere and for elsewhere: readers of weight files, the names of other libraries,
 * and what becomes of a file's tensors in a network.
 */
package dev.sinter.model.pretrained;
