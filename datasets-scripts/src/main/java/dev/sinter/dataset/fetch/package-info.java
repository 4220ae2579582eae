/**
 * Programs of the fetch scripts, for what a shell cannot do: each is one file that {@code java
 * FILE.java} runs, on the JDK alone.
 */
package dev.sinter.dataset.fetch;
