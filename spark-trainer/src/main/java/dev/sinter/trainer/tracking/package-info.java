/**
 * Where people watch runs: TensorBoard event files and MLflow, written by the driver while it
 * trains.
 */
package dev.sinter.trainer.tracking;
