/** What a cluster is asked before a training: one small check for each question. */
package dev.sinter.trainer.doctor;
