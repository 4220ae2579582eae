package dev.sinter.dataset.source.codec;

/**
 * One band of a resolution: where it lies, and how its code blocks are cut.
 *
 * @param kind 0 LL, 1 HL, 2 LH, 3 HH
 * @param x0 first column on the band's own grid
 * @param y0 first row
 * @param x1 column after the last
 * @param y1 row after the last
 * @param at where the band begins in the component's plane
 * @param planes bit planes that magnitudes may have
 * @param step size of a quantisation step
 */
record Jpeg2000Band(int kind, int x0, int y0, int x1, int y1, int at, int planes, float step) {}
