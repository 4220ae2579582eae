/** Layers that DL4J lacks, for DL4J's own executor: also in files that stock DL4J opens. */
package dev.sinter.model.layer;
