package dev.sinter.trainer.engine.nd4j;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.MemoryAddress;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J arrays over memory that somebody else owns. */
final class SharedArrays {
  private SharedArrays() {}

  static DataType typeOf(FlatVector vector) {
    return vector.precision() == FlatVector.Precision.FLOAT64 ? DataType.DOUBLE : DataType.FLOAT;
  }

  /** A row (1, length) over the vector itself: changes are seen on both sides. */
  static INDArray over(FlatVector vector) {
    long length = vector.length();
    DataBuffer buffer;
    if (vector.precision() == FlatVector.Precision.FLOAT64) {
      DoublePointer pointer =
          new DoublePointer(new MemoryAddress(vector.address())).capacity(length).limit(length);
      buffer = Nd4j.createBuffer(pointer, DataType.DOUBLE, length, DoubleIndexer.create(pointer));
    } else {
      FloatPointer pointer =
          new FloatPointer(new MemoryAddress(vector.address())).capacity(length).limit(length);
      buffer = Nd4j.createBuffer(pointer, DataType.FLOAT, length, FloatIndexer.create(pointer));
    }
    return Nd4j.create(buffer, new long[] {1, length}, new long[] {length, 1}, 0, 'c');
  }
}
