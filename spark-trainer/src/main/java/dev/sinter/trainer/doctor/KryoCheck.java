package dev.sinter.trainer.doctor;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.spark.SinterKryoRegistrator;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import scala.reflect.ClassTag$;

/** The serializer, and whether arrays come through it whole. */
final class KryoCheck implements Check {
  private static final String SERIALIZER = "spark.serializer";
  private static final String REGISTRATOR = "spark.kryo.registrator";
  private static final int SIDE = 3;

  @Override
  public String name() {
    return "serializer";
  }

  @Override
  public List<Finding> examine(Site site) {
    SparkConf conf = site.conf();
    String serializer = conf.get(SERIALIZER, JavaSerializer.class.getName());
    if (!serializer.equals(KryoSerializer.class.getName())) {
      return List.of(Finding.ok(name(), serializer));
    }
    String ours = SinterKryoRegistrator.class.getName();
    if (!Arrays.asList(conf.get(REGISTRATOR, "").split("\\s*,\\s*", -1)).contains(ours)) {
      String setting = REGISTRATOR + "=" + ours;
      return List.of(
          conf.getBoolean("spark.kryo.registrationRequired", false)
              ? Finding.misconfigured(
                  name(),
                  "Kryo with spark.kryo.registrationRequired, and without Sinter's registrator",
                  setting)
              : Finding.warning(
                  name(),
                  "Kryo without Sinter's registrator: arrays that your own code ships arrive unusable",
                  setting));
    }
    site.ask(KryoCheck::roundTrip);
    return List.of(Finding.ok(name(), "Kryo with Sinter's registrator; arrays come through whole"));
  }

  private static int roundTrip() {
    SerializerInstance kryo = SparkEnv.get().serializer().newInstance();
    INDArray sent = Nd4j.rand(SIDE, SIDE);
    var tag = ClassTag$.MODULE$.<INDArray>apply(INDArray.class);
    INDArray received = kryo.deserialize(kryo.serialize(sent, tag), tag);
    if (!received.equals(sent)) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "CHECK_FAILED",
          "an array comes out of Kryo other than it went in",
          "the same version of nd4j-kryo and of Sinter for driver and executors");
    }
    return SIDE;
  }
}
