package dev.sinter.trainer.doctor;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.NativeLibraries;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.scheduler.ExecutorCacheTaskLocation;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** The executors of a session, asked through Spark jobs that end in time. Driver-only. */
final class Executors {
  private static final String DRIVER = "driver";
  private static final long POLL_MILLIS = 200;
  private static final long JOB_SECONDS = 120;

  /** Of arrays of primitives, which Kryo takes also where nothing of ours is registered. */
  private static final ClassTag<Object> NUMBERS = ClassTag$.MODULE$.Int();

  /**
   * One executor.
   *
   * @param id Spark's
   * @param host where it runs
   */
  record Executor(String id, String host) {}

  private final SparkContext context;

  Executors(SparkSession spark) {
    this.context = spark.sparkContext();
  }

  /** Those that have registered, by number; in an embedded session the driver is its executor. */
  List<Executor> all() {
    return JavaConverters.seqAsJavaListConverter(context.statusStore().executorList(true))
        .asJava()
        .stream()
        .filter(it -> context.isLocal() || !it.id().equals(DRIVER))
        .map(it -> new Executor(it.id(), host(it.hostPort())))
        .sorted(Comparator.comparing((Executor it) -> it.id().length()).thenComparing(Executor::id))
        .toList();
  }

  private static String host(String hostPort) {
    int colon = hostPort.lastIndexOf(':');
    return colon < 0 ? hostPort : hostPort.substring(0, colon);
  }

  /** Tasks that can run at the same time. */
  int slots() {
    return context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
  }

  /** Waits for executors with as many slots, as a training would. */
  void await(int slots, int timeoutSeconds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
    try {
      while (slots() < slots && System.nanoTime() < end) {
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for executors", e);
    }
  }

  /** Asks every executor, one task each. */
  <T extends Serializable> List<Answer<T>> ask(Probe<T> probe) {
    List<Tuple2<Object, Seq<String>>> places = new ArrayList<>();
    for (Executor executor : all()) {
      String place = new ExecutorCacheTaskLocation(executor.host(), executor.id()).toString();
      places.add(new Tuple2<>(places.size(), scala(List.of(place))));
    }
    requireSome(places.size());
    return answers(
        () -> context.makeRDD(scala(places), NUMBERS).toJavaRDD().map(new Task<>(probe)).collect());
  }

  /** Lets as many workers as a training would have meet; those that Spark has no slots for wait. */
  <T extends Serializable> List<Answer<T>> meet(int workers, MeetingProbe<T> probe) {
    requireSome(Math.min(workers, slots()));
    return answers(
        () ->
            context
                .parallelize(
                    scala(IntStream.range(0, workers).<Object>mapToObj(i -> i).toList()),
                    workers,
                    NUMBERS)
                .barrier()
                .mapPartitions(
                    new MeetingTask<>(probe), false, ClassTag$.MODULE$.<byte[]>apply(byte[].class))
                .toJavaRDD()
                .collect());
  }

  private static void requireSome(int count) {
    if (count == 0) {
      throw new Unanswerable("no executor to ask");
    }
  }

  private static <T> Seq<T> scala(List<T> list) {
    return JavaConverters.asScalaBufferConverter(list).asScala().toSeq();
  }

  private <T extends Serializable> List<Answer<T>> answers(
      java.util.function.Supplier<List<byte[]>> job) {
    String group = "sinter-doctor-" + UUID.randomUUID();
    boolean[] late = {false};
    Timer deadline = new Timer("sinter-doctor-deadline", true);
    deadline.schedule(
        new TimerTask() {
          @Override
          public void run() {
            late[0] = true;
            context.cancelJobGroup(group);
          }
        },
        TimeUnit.SECONDS.toMillis(JOB_SECONDS));
    context.setJobGroup(group, "Sinter: doctor", true);
    try {
      return job.get().stream().map(Answer::<T>fromBytes).toList();
    } catch (Exception e) { // Spark throws its checked exceptions undeclared
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "EXECUTOR_NO_ANSWER",
          late[0]
              ? "executors did not answer within " + JOB_SECONDS + " s"
              : "Spark could not ask the executors: "
                  + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          "see the logs of the executors",
          e);
    } finally {
      deadline.cancel();
      context.clearJobGroup();
    }
  }

  private static <T extends Serializable> byte[] look(Probe<T> probe) {
    NativeLibraries.load("org.nd4j.linalg.factory.Nd4j");
    try {
      return Answer.of(probe.look()).toBytes();
    } catch (Throwable e) { // what cannot be loaded is an answer too
      return Answer.failed(e).toBytes();
    }
  }

  /** Shipped to executors. */
  private record Task<T extends Serializable>(Probe<T> probe) implements Function<Object, byte[]> {
    @Override
    public byte[] call(Object number) {
      return look(probe);
    }
  }

  /** Shipped to executors. */
  private static final class MeetingTask<T extends Serializable>
      extends scala.runtime.AbstractFunction1<
          scala.collection.Iterator<Object>, scala.collection.Iterator<byte[]>>
      implements Serializable {
    private static final long serialVersionUID = 1L;
    private final MeetingProbe<T> probe;

    MeetingTask(MeetingProbe<T> probe) {
      this.probe = probe;
    }

    @Override
    public scala.collection.Iterator<byte[]> apply(scala.collection.Iterator<Object> partition) {
      BarrierTaskContext context = BarrierTaskContext.get();
      return JavaConverters.asScalaIteratorConverter(
              List.of(look(() -> probe.look(context))).iterator())
          .asScala();
    }
  }
}
