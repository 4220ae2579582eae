/**
 * Decoders of one compressed frame, from bytes to samples: no files, no Spark, no state.
 *
 * <p>Every codec obeys {@link dev.sinter.dataset.source.codec.Limits}, reads nothing outside its
 * part of the array, and answers damage with a coded failure, never with a guessed picture.
 */
package dev.sinter.dataset.source.codec;
