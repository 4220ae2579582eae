package dev.sinter.dataset;

import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Says in Spark's user interface what this thread's jobs are for, until it is closed. A group that
 * a notebook has set stays, since its paragraphs are cancelled by it; otherwise the jobs get one.
 * Driver only.
 */
public final class JobDescription implements AutoCloseable {
  private static final String GROUP = "spark.jobGroup.id";
  private static final String DESCRIPTION = "spark.job.description";

  private final SparkContext context;
  private final String groupBefore;
  private final String descriptionBefore;

  private JobDescription(SparkContext context, String group, String description) {
    this.context = context;
    this.groupBefore = context.getLocalProperty(GROUP);
    this.descriptionBefore = context.getLocalProperty(DESCRIPTION);
    if (groupBefore == null) {
      context.setLocalProperty(GROUP, group);
    }
    context.setLocalProperty(DESCRIPTION, description);
  }

  /**
   * Names the jobs that this thread starts from now on.
   *
   * @param command {@code prepare}, {@code train}, {@code evaluate} or {@code predict}
   * @param what they do, in a few words, without names of files or patients
   */
  public static JobDescription of(SparkContext context, String command, String what) {
    return new JobDescription(context, "sinter-" + command, "Sinter: " + what);
  }

  /** The same for the context of a session. */
  public static JobDescription of(SparkSession session, String command, String what) {
    return of(session.sparkContext(), command, what);
  }

  @Override
  public void close() {
    context.setLocalProperty(GROUP, groupBefore);
    context.setLocalProperty(DESCRIPTION, descriptionBefore);
  }
}
