package dev.sinter.trainer.prediction;

import org.apache.spark.SparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import scala.reflect.ClassTag$;

/**
 * A model and its broadcast, which copies of it share. DataFrames are computed when nobody knows,
 * so Spark removes the broadcast when the model is collected as garbage.
 */
public final class SharedModel {
  private final TrainedModel trained;
  private SparkContext context;
  private Broadcast<ShippedModel> broadcast;

  /** Not broadcast yet. */
  public SharedModel(TrainedModel trained) {
    this.trained = trained;
  }

  /** The model. */
  public TrainedModel trained() {
    return trained;
  }

  /** The broadcast in a session; made when it is first needed. */
  public synchronized Broadcast<ShippedModel> shipped(SparkSession spark) {
    if (broadcast == null || context != spark.sparkContext()) {
      context = spark.sparkContext();
      broadcast = context.broadcast(trained.shipped(), ClassTag$.MODULE$.apply(ShippedModel.class));
    }
    return broadcast;
  }
}
