/** Sinter as estimators, models and transformers of Spark ML. */
package dev.sinter.ml;
