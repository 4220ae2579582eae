/** Which device a worker computes on, what is known about it, and when it is refused. */
package dev.sinter.trainer.engine.device;
