package dev.sinter.trainer.prediction;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.DatasetManifest.SplitSummary;
import dev.sinter.dataset.JobDescription;
import dev.sinter.dataset.Task;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.evaluation.ClassificationResult;
import dev.sinter.trainer.evaluation.ImageMeasures;
import dev.sinter.trainer.evaluation.PatientMeasure;
import dev.sinter.trainer.evaluation.ScoredImage;
import dev.sinter.trainer.evaluation.SegmentationMetrics;
import dev.sinter.trainer.evaluation.SegmentationResult;
import dev.sinter.trainer.evaluation.VolumeLabels;
import dev.sinter.trainer.evaluation.VolumeMeasures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag$;

/**
 * Evaluates a model on a split, as a Spark job: metrics come back, and a few examples to look at.
 */
public final class Evaluation {
  /** What an evaluation ships. */
  public static final List<Class<?>> SHIPPED =
      List.of(
          ShippedModel.class,
          SplitTask.class,
          ClassificationTask.Part.class,
          SegmentationTask.Part.class,
          VolumeLabels.class,
          SegmentationMetrics.class,
          ExamplePicker.class,
          PatientScoring.Images.class,
          PatientScoring.Volumes.class);

  private final JavaSparkContext spark;
  private final ShippedModel model;
  private final String root;
  private final DatasetManifest dataset;
  private final String split;

  /**
   * An evaluation.
   *
   * @param data the dataset's folder
   * @param split {@code train}, {@code val} or {@code test}
   * @throws SinterException {@code SPLIT_NOT_FOUND}, or {@code MODEL_DATA_MISMATCH} when the
   *     dataset does not fit the model
   */
  public Evaluation(SparkSession session, ShippedModel model, String data, String split) {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.model = model;
    this.root = data;
    this.split = split;
    this.dataset =
        DatasetManifest.read(new Path(data), session.sparkContext().hadoopConfiguration());
    SplitSummary summary = dataset.splits().get(split);
    if (summary == null || summary.samples() == 0) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "SPLIT_NOT_FOUND",
          data + " has no samples in a split '" + split + "'",
          "give one of " + String.join(", ", dataset.splits().keySet()));
    }
    requireFits();
  }

  /** The task of model and dataset. */
  public Task task() {
    return dataset.task();
  }

  private void requireFits() {
    List<String> differences = new ArrayList<>();
    DatasetManifest trained = model.dataset();
    differ(differences, "task", trained.task().key(), dataset.task().key());
    differ(differences, "classes", trained.classes(), dataset.classes());
    differ(
        differences,
        "samples",
        trained.preparation().sample().key(),
        dataset.preparation().sample().key());
    differ(differences, "channels", trained.channels(), dataset.channels());
    differ(differences, "depth", trained.preparation().depth(), dataset.preparation().depth());
    differ(differences, "height", trained.height(), dataset.height());
    differ(differences, "width", trained.width(), dataset.width());
    differ(
        differences, "columns", trained.preparation().columns(), dataset.preparation().columns());
    if (!differences.isEmpty()) {
      throw new SinterException(
          ErrorCategory.DATA,
          "MODEL_DATA_MISMATCH",
          root + " does not fit the model: " + String.join("; ", differences),
          "prepare the data like the model's training data, or choose the model that was trained on it");
    }
  }

  private static void differ(List<String> differences, String what, Object model, Object data) {
    if (!model.equals(data)) {
      differences.add(what + " of the model " + model + ", of the data " + data);
    }
  }

  /** A classification result and examples. */
  public record Classified(ClassificationResult result, List<Example> examples) {}

  /** A segmentation result, the metrics per volume, and examples. */
  public record Segmented(
      SegmentationResult result, SegmentationMetrics metrics, List<Example> examples) {}

  /** Evaluates a classifier. */
  public Classified classify() {
    Broadcast<ShippedModel> shipped = spark.broadcast(model);
    JobDescription named = named();
    try {
      ClassificationTask.Part whole =
          tasks()
              .map(task -> ClassificationTask.run(task, shipped.value()))
              .treeReduce(ClassificationTask.Part::merge);
      return new Classified(
          whole.metrics().result(split, dataset.splits().get(split).patients(), dataset.classes()),
          whole.examples());
    } finally {
      named.close();
      shipped.destroy();
    }
  }

  /** Evaluates a segmenter; slices are brought together by volume on the executors. */
  public Segmented segment() {
    Broadcast<ShippedModel> shipped = spark.broadcast(model);
    int classes = dataset.classes().size();
    JobDescription named = named();
    try {
      JavaRDD<SegmentationTask.Part> parts =
          tasks()
              .map(task -> SegmentationTask.run(task, shipped.value()))
              .persist(org.apache.spark.storage.StorageLevel.MEMORY_AND_DISK());
      JavaPairRDD<String, VolumeLabels> volumes =
          parts
              .flatMapToPair(part -> part.volumesByName().iterator())
              .reduceByKey((a, b) -> a.merge(b));
      SegmentationMetrics metrics =
          volumes
              .map(
                  volume -> {
                    SegmentationMetrics one = new SegmentationMetrics(classes);
                    one.addVolume(volume._2());
                    return one;
                  })
              .treeReduce(SegmentationMetrics::merge);
      ExamplePicker examples =
          parts.map(SegmentationTask.Part::examples).treeReduce(ExamplePicker::merge);
      parts.unpersist();
      return new Segmented(
          metrics.result(split, dataset.splits().get(split).patients(), dataset.classes()),
          metrics,
          examples.examples());
    } finally {
      named.close();
      shipped.destroy();
    }
  }

  /**
   * Measures that know whose images or volumes they are of, by name: those of {@link ImageMeasures}
   * or {@link VolumeMeasures}. Without surface distances.
   */
  public Map<String, PatientMeasure> measures() {
    Broadcast<ShippedModel> shipped = spark.broadcast(model);
    JobDescription named = named();
    try {
      if (task() == Task.SEGMENTATION) {
        PatientScoring.Volumes whole =
            tasks()
                .map(task -> PatientScoring.volumes(task, shipped.value()))
                .treeReduce(PatientScoring.Volumes::merge);
        return VolumeMeasures.of(whole.metrics(), whole.patients());
      }
      List<ScoredImage> images =
          tasks().map(task -> PatientScoring.images(task, shipped.value())).collect().stream()
              .flatMap(part -> part.images().stream())
              .toList();
      return ImageMeasures.of(images, dataset.classes().size());
    } finally {
      named.close();
      shipped.destroy();
    }
  }

  private JobDescription named() {
    return JobDescription.of(
        spark.sc(),
        "evaluate",
        "evaluate " + model.network().spec().name() + " on the " + split + " split");
  }

  private JavaRDD<SplitTask> tasks() {
    SplitTask whole = SplitTask.whole(root, dataset, split);
    int tasks = whole.tasks(spark.defaultParallelism());
    // The dataset's index travels once, within the function, not with every range.
    return ranges(whole, tasks).map(task -> whole.part(task, tasks));
  }

  /** A partition per range, preferably where its shards lie. */
  private JavaRDD<Integer> ranges(SplitTask whole, int tasks) {
    ShardLocations locations = ShardLocations.of(spark.hadoopConfiguration(), root, dataset, split);
    List<Tuple2<Integer, Seq<String>>> placed = new ArrayList<>();
    for (int task = 0; task < tasks; task++) {
      SplitTask part = whole.part(task, tasks);
      List<String> hosts = locations.hostsOf(part.from(), part.to());
      placed.add(new Tuple2<>(task, JavaConverters.asScalaBuffer(hosts).toSeq()));
    }
    return spark
        .sc()
        .<Integer>makeRDD(
            JavaConverters.asScalaBuffer(placed).toSeq(), ClassTag$.MODULE$.apply(Integer.class))
        .toJavaRDD();
  }
}
