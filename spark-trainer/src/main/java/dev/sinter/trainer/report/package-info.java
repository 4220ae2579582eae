/**
 * One self-contained HTML file per training run: what was trained, how well it does, and where the
 * time went.
 *
 * <p>Driver-only. The records are filled by the trainer; nothing here reads data or computes a
 * metric that the evaluation has not already decided.
 */
package dev.sinter.trainer.report;
