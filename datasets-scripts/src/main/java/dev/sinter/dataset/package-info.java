/** From image collections to verified, patient-safe shards. */
package dev.sinter.dataset;
