package dev.sinter.ml;

import dev.sinter.trainer.prediction.FrameInput;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Adds the fold of a cross-validation to each row, for {@code CrossValidator.setFoldCol}: all rows
 * of a patient are in one fold, which is the salted hash of the patient modulo the number of folds.
 * It depends on nothing else, so patients that are added later do not move the others.
 */
public final class PatientFolds extends Transformer implements DefaultParamsWritable {
  private static final int HEX_DIGITS = 15; // 60 bits, positive as a long

  private final String uid;

  /** All parameters at their defaults. */
  public PatientFolds() {
    this(Identifiable$.MODULE$.randomUID("patient-folds"));
  }

  /** For Spark ML, which copies and loads with it. */
  public PatientFolds(String uid) {
    this.uid = uid;
    setDefault(patientCol(), "patient");
    setDefault(foldCol(), "fold");
    setDefault(numFolds(), 3);
    setDefault(salt(), "");
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Column of the patients; {@code patient}. */
  public Param<String> patientCol() {
    return new Param<>(this, "patientCol", "who the row is of");
  }

  /** Column that the folds go to; {@code fold}. */
  public Param<String> foldCol() {
    return new Param<>(this, "foldCol", "number of the fold, from 0");
  }

  /** Number of folds, 3 as CrossValidator's. */
  public IntParam numFolds() {
    return new IntParam(this, "numFolds", "number of folds, 2 or more");
  }

  /** Another salt deals the patients otherwise. It is saved with a pipeline: no secret. */
  public Param<String> salt() {
    return new Param<>(this, "salt", "goes before the patient into the hash");
  }

  /** Sets {@link #patientCol}. */
  public PatientFolds setPatientCol(String column) {
    set(patientCol(), column);
    return this;
  }

  /** Sets {@link #foldCol}. */
  public PatientFolds setFoldCol(String column) {
    set(foldCol(), column);
    return this;
  }

  /** Sets {@link #numFolds}. */
  public PatientFolds setNumFolds(int folds) {
    set(numFolds(), (Object) folds);
    return this;
  }

  /** Sets {@link #salt}. */
  public PatientFolds setSalt(String text) {
    set(salt(), text);
    return this;
  }

  @Override
  public Dataset<Row> transform(Dataset<?> frame) {
    transformSchema(frame.schema());
    int folds = (Integer) getOrDefault(numFolds());
    Column salted =
        functions.concat(
            functions.lit(getOrDefault(salt()) + "\n"),
            functions.col(getOrDefault(patientCol())).cast("string"));
    Column hash = functions.substring(functions.sha2(salted.cast("binary"), 256), 1, HEX_DIGITS);
    Column fold = functions.conv(hash, 16, 10).cast("long").mod(folds).cast("int");
    return frame.toDF().withColumn(getOrDefault(foldCol()), fold);
  }

  @Override
  public StructType transformSchema(StructType schema) {
    FrameInput.type(schema, getOrDefault(patientCol()));
    int folds = (Integer) getOrDefault(numFolds());
    if (folds < 2) {
      throw FrameInput.unsuitable("numFolds is " + folds, "give 2 or more");
    }
    return schema.add(getOrDefault(foldCol()), DataTypes.IntegerType, true);
  }

  @Override
  public PatientFolds copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** For Spark ML. */
  public static MLReader<PatientFolds> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads what {@code save} wrote. */
  public static PatientFolds load(String path) {
    return read().load(path);
  }
}
