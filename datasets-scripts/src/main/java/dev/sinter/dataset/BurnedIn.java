package dev.sinter.dataset;

/** What becomes of files that say that their pixels show text which may name the patient. */
public enum BurnedIn {
  /** They are rejected. */
  REJECT,
  /** They are taken and counted. */
  WARN
}
