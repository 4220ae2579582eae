package dev.sinter.ml;

import dev.sinter.api.SinterTrainer;
import dev.sinter.trainer.config.ConfigFile;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** The configuration keys that are parameters. Their defaults are the configuration's. */
final class KeyDefaults {
  private static final String LEAST =
      "data: {output: shards}\nmodel: {name: resnet18}\ntrain: {output: run}";

  /** Parameter to key. */
  static final SortedMap<String, String> KEYS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("dataSample", "data.sample"),
              Map.entry("dataSplitVal", "data.split.val"),
              Map.entry("dataSplitSeed", "data.split.seed"),
              Map.entry("modelName", "model.name"),
              Map.entry("trainEpochs", "train.epochs"),
              Map.entry("trainLanes", "train.lanes"),
              Map.entry("trainMicroBatchSize", "train.micro-batch-size"),
              Map.entry("trainSeed", "train.seed"),
              Map.entry("optimizerName", "optimizer.name"),
              Map.entry("optimizerLearningRate", "optimizer.learning-rate"),
              Map.entry("optimizerWeightDecay", "optimizer.weight-decay"),
              Map.entry("engineName", "engine.name"),
              Map.entry("enginePrecision", "engine.precision"),
              Map.entry("syncStrategy", "sync.strategy"),
              Map.entry("syncCompression", "sync.compression"),
              Map.entry("clusterWorkers", "cluster.workers")));

  private KeyDefaults() {}

  static String document(String key) {
    return "the configuration's key " + key;
  }

  static void set(Params params) {
    SortedMap<String, String> defaults =
        ConfigFile.parse(LEAST, Map.of(), "the defaults").settings();
    KEYS.forEach(
        (name, key) -> {
          String value = defaults.get(key);
          if (value != null && !key.equals("model.name")) {
            Param<Object> parameter = params.getParam(name);
            params.setDefault(parameter, parsed(parameter, value));
          }
        });
  }

  private static Object parsed(Param<?> parameter, String value) {
    if (parameter instanceof IntParam) {
      return Integer.valueOf(value);
    }
    if (parameter instanceof LongParam) {
      return Long.valueOf(value);
    }
    return parameter instanceof DoubleParam ? (Object) Double.valueOf(value) : value;
  }

  /** Hands what was set to a run. */
  static void apply(Params params, SinterTrainer trainer) {
    KEYS.forEach(
        (name, key) -> {
          Param<Object> parameter = params.getParam(name);
          if (params.isSet(parameter)) {
            trainer.set(key, params.getOrDefault(parameter));
          }
        });
  }
}
