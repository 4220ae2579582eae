package dev.sinter.trainer.training;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import java.io.Serializable;
import java.util.List;

/**
 * What a worker returns when the run is done.
 *
 * @param rank the worker
 * @param step global steps done, over all attempts
 * @param parametersSha256 of its flat vector
 * @param history all epochs; on the first worker alone
 * @param readSeconds reading shards into the cache
 * @param precision that the workers computed in
 */
@DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
record WorkerOutcome(
    int rank,
    long step,
    String parametersSha256,
    List<EpochRecord> history,
    double readSeconds,
    String precision)
    implements Serializable {}
