package dev.sinter.trainer.bench;

import java.io.Serializable;

/**
 * What is to be measured of the exchange.
 *
 * @param workers executor processes, 2 or more, with a core each
 * @param floats length of the vector that is averaged over them
 * @param rounds how often
 */
public record SyncCase(int workers, int floats, int rounds) implements Serializable {}
