package dev.sinter.trainer.prediction;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;

/**
 * What became of the sources of some chunks.
 *
 * @param predicted sources, or rows of tables
 * @param rejected sources, or rows, that could not be read
 */
@DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
record ChunkCounts(long predicted, long rejected) implements Serializable {
  static final ChunkCounts NONE = new ChunkCounts(0, 0);

  ChunkCounts plus(ChunkCounts other) {
    return new ChunkCounts(predicted + other.predicted, rejected + other.rejected);
  }
}
