package dev.sinter.trainer.bench;

/**
 * What a process measured.
 *
 * @param imagesPerSecond over all timed steps
 * @param cpuSecondsPerImage processor time of all threads of the process during these steps
 * @param steps number of timed steps
 * @param peakMemoryBytes most physical memory of the process during the timed steps and, where the
 *     kernel does not reset the mark, before
 * @param baseMemoryBytes physical memory of the process before the network was made: JVM, classes
 *     and native libraries
 */
record StepMeasurement(
    double imagesPerSecond,
    double cpuSecondsPerImage,
    long steps,
    long peakMemoryBytes,
    long baseMemoryBytes) {}
