package dev.sinter.trainer.engine;

import org.bytedeco.javacpp.Pointer;

/** A pointer to memory that somebody else owns: closing or collecting it frees nothing. */
public final class MemoryAddress extends Pointer {
  /** Points to an address. */
  public MemoryAddress(long address) {
    this.address = address;
  }
}
