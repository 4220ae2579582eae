package dev.sinter.trainer.spark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.trainer.prediction.Evaluation;
import dev.sinter.trainer.prediction.Prediction;
import dev.sinter.trainer.training.TrainingJob;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.serializer.KryoRegistrator;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.deeplearning4j.spark.impl.paramavg.aggregator.ParameterAveragingAggregationTuple;
import org.deeplearning4j.spark.parameterserver.accumulation.SharedTrainingAccumulationTuple;
import org.deeplearning4j.spark.parameterserver.conf.SharedTrainingConfiguration;
import org.deeplearning4j.spark.parameterserver.training.SharedTrainingResult;
import org.nd4j.common.primitives.AtomicDouble;
import org.nd4j.kryo.Nd4jSerializer;
import org.nd4j.kryo.primitives.AtomicDoubleSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import scala.Tuple2;

/**
 * Registers with Kryo all that driver and executors send each other, so that sessions with {@code
 * spark.kryo.registrationRequired} work: {@code spark.kryo.registrator} is this class's name.
 *
 * <p>Kryo numbers classes in the order of their registration, which must not depend on the machine.
 * A session without this class works too: everything that is shipped is {@link
 * java.io.Serializable}, and names its serializer itself where Kryo's own does not fit.
 */
public final class SinterKryoRegistrator implements KryoRegistrator {
  /** By name, since naming the classes would load the native libraries into every process. */
  private static final List<String> ARRAYS =
      List.of(
          "org.nd4j.linalg.cpu.nativecpu.NDArray",
          // Last of all: on the class path of a build with CUDA only.
          "org.nd4j.linalg.jcublas.JCublasNDArray");

  /** What DL4J's own training masters ship. */
  private static final List<Class<?>> BASELINES =
      List.of(
          DataSet.class,
          MultiDataSet.class,
          NetBroadcastTuple.class,
          ParameterAveragingTrainingResult.class,
          ParameterAveragingAggregationTuple.class,
          SharedTrainingConfiguration.class,
          SharedTrainingResult.class,
          SharedTrainingAccumulationTuple.class);

  @Override
  public void registerClasses(Kryo kryo) {
    Stream.of(
            // Preparation ships bytes, evaluation volumes by name and ranges by number.
            byte[].class, byte[][].class, Integer[].class, Tuple2.class, Tuple2[].class)
        .forEach(kryo::register);
    Stream.of(TrainingJob.SHIPPED, Evaluation.SHIPPED, Prediction.SHIPPED)
        .flatMap(List::stream)
        .forEach(type -> registerWithArrays(kryo, type));
    for (Class<?> type : BASELINES) {
      kryo.register(type, new JavaSerializer());
      kryo.register(type.arrayType());
    }
    kryo.register(AtomicDouble.class, new AtomicDoubleSerializer());
    kryo.addDefaultSerializer(INDArray.class, Nd4jSerializer.class);
    kryo.register(INDArray[].class);
    ARRAYS.forEach(name -> registerIfThere(kryo, name));
  }

  /** Spark collects a partition's elements as an array of their class. */
  private static void registerWithArrays(Kryo kryo, Class<?> type) {
    kryo.register(type);
    kryo.register(type.arrayType());
  }

  private static void registerIfThere(Kryo kryo, String name) {
    try {
      kryo.register(Class.forName(name, false, kryo.getClassLoader()), new Nd4jSerializer());
    } catch (ClassNotFoundException e) {
      // A backend of ND4J that this build does not have: no process of the run makes its arrays.
    }
  }
}
