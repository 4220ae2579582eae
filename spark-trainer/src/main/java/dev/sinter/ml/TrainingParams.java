package dev.sinter.ml;

import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;

/**
 * What estimators train with: the most used configuration keys, under the names of {@link
 * dev.sinter.api.SinterTrainer}'s methods, and {@link #configuration} for all others. A key that is
 * set by neither has the default of docs/reference/configuration.md.
 *
 * @param <T> the class itself
 */
public interface TrainingParams<T> extends SourceParams<T> {
  /** Folder that fits work in; each makes one of its own below it. Must be set. */
  default Param<String> workDir() {
    return new Param<>(
        this, "workDir", "folder for shards and checkpoints, shared by driver and executors");
  }

  /** Column of who an image is of; empty: every row is a patient of its own. */
  default Param<String> patientCol() {
    return new Param<>(this, "patientCol", "who the image is of: never in two splits");
  }

  /** YAML with any keys of the configuration; parameters that are set override it. */
  default Param<String> configuration() {
    return new Param<>(this, "configuration", "YAML with any keys of a run's configuration");
  }

  /** Sets {@link #workDir}. */
  default T setWorkDir(String folder) {
    return with(workDir(), folder);
  }

  /** Sets {@link #patientCol}. */
  default T setPatientCol(String column) {
    return with(patientCol(), column);
  }

  /** Sets {@link #configuration}. */
  default T setConfiguration(String yaml) {
    return with(configuration(), yaml);
  }

  /** {@code data.sample}. */
  default Param<String> dataSample() {
    return new Param<>(this, "dataSample", KeyDefaults.document("data.sample"));
  }

  /** {@code data.split.val}; the others are trained on, none is held out. */
  default DoubleParam dataSplitVal() {
    return new DoubleParam(this, "dataSplitVal", KeyDefaults.document("data.split.val"));
  }

  /** {@code data.split.seed}. */
  default LongParam dataSplitSeed() {
    return new LongParam(this, "dataSplitSeed", KeyDefaults.document("data.split.seed"));
  }

  /** {@code model.name}. */
  default Param<String> modelName() {
    return new Param<>(this, "modelName", KeyDefaults.document("model.name"));
  }

  /** {@code train.epochs}. */
  default IntParam trainEpochs() {
    return new IntParam(this, "trainEpochs", KeyDefaults.document("train.epochs"));
  }

  /** {@code train.lanes}. */
  default IntParam trainLanes() {
    return new IntParam(this, "trainLanes", KeyDefaults.document("train.lanes"));
  }

  /** {@code train.micro-batch-size}. */
  default IntParam trainMicroBatchSize() {
    return new IntParam(
        this, "trainMicroBatchSize", KeyDefaults.document("train.micro-batch-size"));
  }

  /** {@code train.seed}. */
  default LongParam trainSeed() {
    return new LongParam(this, "trainSeed", KeyDefaults.document("train.seed"));
  }

  /** {@code optimizer.name}. */
  default Param<String> optimizerName() {
    return new Param<>(this, "optimizerName", KeyDefaults.document("optimizer.name"));
  }

  /** {@code optimizer.learning-rate}. */
  default DoubleParam optimizerLearningRate() {
    return new DoubleParam(
        this, "optimizerLearningRate", KeyDefaults.document("optimizer.learning-rate"));
  }

  /** {@code optimizer.weight-decay}. */
  default DoubleParam optimizerWeightDecay() {
    return new DoubleParam(
        this, "optimizerWeightDecay", KeyDefaults.document("optimizer.weight-decay"));
  }

  /** {@code engine.name}. */
  default Param<String> engineName() {
    return new Param<>(this, "engineName", KeyDefaults.document("engine.name"));
  }

  /** {@code engine.precision}. */
  default Param<String> enginePrecision() {
    return new Param<>(this, "enginePrecision", KeyDefaults.document("engine.precision"));
  }

  /** {@code sync.strategy}. */
  default Param<String> syncStrategy() {
    return new Param<>(this, "syncStrategy", KeyDefaults.document("sync.strategy"));
  }

  /** {@code sync.compression}. */
  default Param<String> syncCompression() {
    return new Param<>(this, "syncCompression", KeyDefaults.document("sync.compression"));
  }

  /** {@code cluster.workers}. */
  default IntParam clusterWorkers() {
    return new IntParam(this, "clusterWorkers", KeyDefaults.document("cluster.workers"));
  }

  /** Sets {@link #dataSample}. */
  default T setDataSample(String value) {
    return with(dataSample(), value);
  }

  /** Sets {@link #dataSplitVal}. */
  default T setDataSplitVal(double value) {
    return with(dataSplitVal(), (Object) value);
  }

  /** Sets {@link #dataSplitSeed}. */
  default T setDataSplitSeed(long value) {
    return with(dataSplitSeed(), (Object) value);
  }

  /** Sets {@link #modelName}. */
  default T setModelName(String value) {
    return with(modelName(), value);
  }

  /** Sets {@link #trainEpochs}. */
  default T setTrainEpochs(int value) {
    return with(trainEpochs(), (Object) value);
  }

  /** Sets {@link #trainLanes}. */
  default T setTrainLanes(int value) {
    return with(trainLanes(), (Object) value);
  }

  /** Sets {@link #trainMicroBatchSize}. */
  default T setTrainMicroBatchSize(int value) {
    return with(trainMicroBatchSize(), (Object) value);
  }

  /** Sets {@link #trainSeed}. */
  default T setTrainSeed(long value) {
    return with(trainSeed(), (Object) value);
  }

  /** Sets {@link #optimizerName}. */
  default T setOptimizerName(String value) {
    return with(optimizerName(), value);
  }

  /** Sets {@link #optimizerLearningRate}. */
  default T setOptimizerLearningRate(double value) {
    return with(optimizerLearningRate(), (Object) value);
  }

  /** Sets {@link #optimizerWeightDecay}. */
  default T setOptimizerWeightDecay(double value) {
    return with(optimizerWeightDecay(), (Object) value);
  }

  /** Sets {@link #engineName}. */
  default T setEngineName(String value) {
    return with(engineName(), value);
  }

  /** Sets {@link #enginePrecision}. */
  default T setEnginePrecision(String value) {
    return with(enginePrecision(), value);
  }

  /** Sets {@link #syncStrategy}. */
  default T setSyncStrategy(String value) {
    return with(syncStrategy(), value);
  }

  /** Sets {@link #syncCompression}. */
  default T setSyncCompression(String value) {
    return with(syncCompression(), value);
  }

  /** Sets {@link #clusterWorkers}. */
  default T setClusterWorkers(int value) {
    return with(clusterWorkers(), (Object) value);
  }

  /** Sets what these parameters are without being set: what the configuration says. */
  default void setTrainingDefaults() {
    setSourceDefaults();
    setDefault(patientCol(), "");
    setDefault(configuration(), "");
    KeyDefaults.set(this);
  }
}
