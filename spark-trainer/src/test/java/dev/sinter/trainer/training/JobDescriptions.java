package dev.sinter.trainer.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;

/** Remembers what Spark's user interface says of each job. */
final class JobDescriptions extends SparkListener {
  private final List<String> all = Collections.synchronizedList(new ArrayList<>());

  @Override
  public void onJobStart(SparkListenerJobStart job) {
    boolean grouped = job.properties().getProperty("spark.jobGroup.id") != null;
    all.add(grouped ? job.properties().getProperty("spark.job.description", "none") : "none");
  }

  List<String> all() {
    return List.copyOf(all);
  }
}
