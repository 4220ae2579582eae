package dev.sinter.trainer.training;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import java.util.List;

/**
 * What a worker holds after the first steps of a run.
 *
 * @param rank the worker
 * @param losses mean loss of each step
 * @param parametersSha256 of its flat vector after each step
 * @param parameters flat vector after the last one, float32 in native order; on the first worker
 *     alone
 * @param precision that it computed in
 * @param repeatable whether its device gives the same bits again
 */
@DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
record ParityOutcome(
    int rank,
    List<Double> losses,
    List<String> parametersSha256,
    byte[] parameters,
    String precision,
    boolean repeatable)
    implements Serializable {}
