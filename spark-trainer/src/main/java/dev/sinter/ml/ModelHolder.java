package dev.sinter.ml;

import dev.sinter.trainer.prediction.ShippedModel;
import dev.sinter.trainer.prediction.TrainedModel;
import org.apache.spark.SparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import scala.reflect.ClassTag$;

/**
 * A model and its broadcast, which copies of it share. DataFrames are computed when nobody knows,
 * so Spark removes the broadcast when the model is collected as garbage.
 */
final class ModelHolder {
  private final TrainedModel trained;
  private SparkContext context;
  private Broadcast<ShippedModel> broadcast;

  ModelHolder(TrainedModel trained) {
    this.trained = trained;
  }

  TrainedModel trained() {
    return trained;
  }

  synchronized Broadcast<ShippedModel> shipped(SparkSession spark) {
    if (broadcast == null || context != spark.sparkContext()) {
      context = spark.sparkContext();
      broadcast = context.broadcast(trained.shipped(), ClassTag$.MODULE$.apply(ShippedModel.class));
    }
    return broadcast;
  }
}
