package dev.sinter.trainer.evaluation;

import java.io.Serializable;

/**
 * What a classifier said of an image.
 *
 * @param sample id
 * @param patient salted hash
 * @param truth class index
 * @param probabilities of each class
 */
public record ScoredImage(String sample, String patient, int truth, float[] probabilities)
    implements Serializable {}
