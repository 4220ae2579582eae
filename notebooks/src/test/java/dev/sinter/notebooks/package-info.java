/** Runs the notes through Zeppelin: its interpreters in this process, and its server. */
package dev.sinter.notebooks;
