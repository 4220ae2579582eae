package dev.sinter.trainer.prediction;

import dev.sinter.dataset.MaskWriter;
import dev.sinter.dataset.Sample;
import dev.sinter.dataset.SourceCollection;
import dev.sinter.dataset.Task;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Predicts some files of a collection; runs on executors. */
record PredictionTask(
    Broadcast<ShippedModel> shipped, SourceCollection sources, String outputFolder)
    implements Serializable {

  Iterator<PredictedFile> run(Iterator<Integer> indices) {
    ShippedModel model = shipped.value();
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
    ReadableSources readable = new ReadableSources(sources, hadoop, indices);
    List<PredictedFile> predicted = new ArrayList<>();
    try (Predictor predictor = new Predictor(model)) {
      if (model.dataset().task() == Task.CLASSIFICATION) {
        classify(predictor, model, readable, predicted);
      } else {
        segment(predictor, model, readable, hadoop, predicted);
      }
    }
    predicted.addAll(readable.rejected());
    return predicted.iterator();
  }

  /** All files as one sequence, so that batches are full; a volume's class is its slices' mean. */
  private static void classify(
      Predictor predictor,
      ShippedModel model,
      ReadableSources readable,
      List<PredictedFile> predicted) {
    int classes = model.dataset().classes().size();
    Map<String, float[]> sums = new LinkedHashMap<>();
    Map<String, Integer> slices = new HashMap<>();
    predictor.predict(
        readable.samples(),
        (sample, outputs, offset) -> {
          float[] sum = sums.computeIfAbsent(sample.volume(), file -> new float[classes]);
          for (int c = 0; c < classes; c++) {
            sum[c] += outputs.get(offset + c);
          }
          slices.merge(sample.volume(), 1, Integer::sum);
        });
    sums.forEach(
        (file, probabilities) -> {
          for (int c = 0; c < classes; c++) {
            probabilities[c] /= slices.get(file);
          }
          predicted.add(PredictedFile.ofClass(file, probabilities));
        });
  }

  /** As many files at once as fill a batch: some images, or one volume. */
  private void segment(
      Predictor predictor,
      ShippedModel model,
      ReadableSources readable,
      Configuration hadoop,
      List<PredictedFile> predicted) {
    int classes = model.dataset().classes().size();
    MaskWriter writer = new MaskWriter(hadoop, outputFolder, model.dataset());
    while (readable.hasNext()) {
      List<SourceCollection.Source> gathered = new ArrayList<>();
      List<Sample> samples = new ArrayList<>();
      while (readable.hasNext() && samples.size() < Predictor.BATCH_SAMPLES) {
        SourceCollection.Source source = readable.next();
        gathered.add(source);
        samples.addAll(source.samples());
      }
      List<byte[]> masks = new ArrayList<>();
      predictor.predict(
          samples.iterator(),
          (sample, outputs, offset) ->
              masks.add(Predictor.mostProbable(outputs, offset, classes, sample.positions())));
      int first = 0;
      for (SourceCollection.Source source : gathered) {
        int end = first + source.samples().size();
        writer.write(source, masks.subList(first, end));
        predicted.add(PredictedFile.ofMask(source.item().relative()));
        first = end;
      }
    }
  }
}
