/** The configuration of a run: one YAML file, every problem reported at once. */
package dev.sinter.trainer.config;
