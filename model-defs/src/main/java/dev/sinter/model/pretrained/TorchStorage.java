package dev.sinter.model.pretrained;

import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * Memory that torch's tensors are views of.
 *
 * @param key its name in the file
 * @param length number of elements
 */
record TorchStorage(String key, ElementType type, long length, Supplier<ByteBuffer> bytes) {}
