/** Pre-trained weights in runs and on the command line, from and to any Hadoop file system. */
package dev.sinter.trainer.pretrained;
