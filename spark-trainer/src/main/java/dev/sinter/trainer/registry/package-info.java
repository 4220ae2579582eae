/** The registry: versions of a model on a file system, one of them champion. */
package dev.sinter.trainer.registry;
