package dev.sinter.trainer.prediction;

import dev.sinter.dataset.MaskWriter;
import dev.sinter.dataset.SourceCollection;
import dev.sinter.dataset.Task;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Predicts some files of a collection, one after the other; runs on executors. */
record PredictionTask(
    Broadcast<ShippedModel> shipped, SourceCollection sources, String outputFolder)
    implements Serializable {

  Iterator<PredictedFile> run(Iterator<Integer> indices) {
    List<PredictedFile> predicted = new ArrayList<>();
    ShippedModel model = shipped.value();
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
    try (Predictor predictor = new Predictor(model)) {
      while (indices.hasNext()) {
        SourceCollection.Item item = sources.items().get(indices.next());
        try {
          SourceCollection.Source source = sources.read(hadoop, item);
          predicted.add(
              model.dataset().task() == Task.CLASSIFICATION
                  ? classify(predictor, model, source)
                  : segment(predictor, model, source, hadoop));
        } catch (SinterException e) {
          if (e.category() != ErrorCategory.DATA) {
            throw e;
          }
          predicted.add(PredictedFile.rejected(item.relative(), e.code(), e.getMessage()));
        }
      }
    }
    return predicted.iterator();
  }

  private static PredictedFile classify(
      Predictor predictor, ShippedModel model, SourceCollection.Source source) {
    float[] probabilities = new float[model.dataset().classes().size()];
    predictor.predict(
        source.samples().iterator(),
        (sample, outputs, offset) -> outputs.get(offset, probabilities));
    return PredictedFile.ofClass(source.item().relative(), probabilities);
  }

  private PredictedFile segment(
      Predictor predictor,
      ShippedModel model,
      SourceCollection.Source source,
      Configuration hadoop) {
    List<byte[]> masks = new ArrayList<>();
    int classes = model.dataset().classes().size();
    predictor.predict(
        source.samples().iterator(),
        (sample, outputs, offset) ->
            masks.add(
                Predictor.mostProbable(
                    outputs, offset, classes, sample.height() * sample.width())));
    new MaskWriter(hadoop, outputFolder, model.dataset()).write(source, masks);
    return PredictedFile.ofMask(source.item().relative());
  }
}
