package dev.sinter.trainer.prediction;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.dataset.PatchGrid;
import dev.sinter.dataset.Preparation;
import dev.sinter.dataset.Sample;
import dev.sinter.trainer.data.SplitReader;
import dev.sinter.trainer.evaluation.VolumeBlock;
import dev.sinter.trainer.evaluation.VolumeLabels;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import scala.Tuple2;

/** Segments a range of a split; runs on executors. */
final class SegmentationTask {
  private static final int VOLUMES_SHOWN = 12;

  private SegmentationTask() {}

  /** What a task returns: the part of each volume that lies in its range, and slices to look at. */
  @DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
  record Part(List<VolumeLabels> volumes, ExamplePicker examples) implements Serializable {
    List<Tuple2<String, VolumeLabels>> volumesByName() {
      return volumes.stream().map(volume -> new Tuple2<>(volume.volume(), volume)).toList();
    }
  }

  static Part run(SplitTask task, ShippedModel model) {
    int classes = model.network().spec().classes();
    Map<String, VolumeLabels> volumes = new LinkedHashMap<>();
    ExamplePicker examples = new ExamplePicker(VOLUMES_SHOWN);
    try (SplitReader samples = ClassificationTask.reader(task);
        Predictor predictor = new Predictor(model)) {
      predictor.predict(
          samples,
          (sample, probabilities, offset) -> {
            byte[] predicted =
                Predictor.mostProbable(probabilities, offset, classes, sample.positions());
            add(
                volumes.computeIfAbsent(sample.volume(), volume -> labelsOf(sample)),
                sample,
                predicted,
                model.dataset().preparation());
            // The slice with most foreground of each volume.
            ExamplePicker.Rank rank = new ExamplePicker.Rank(0, sample.volume());
            if (examples.wants(rank)) {
              examples.offer(
                  rank,
                  Example.segmented(
                      sample, predicted, meanForegroundDice(sample.mask(), predicted, classes)));
            }
          });
    }
    return new Part(List.copyOf(volumes.values()), examples);
  }

  static VolumeLabels labelsOf(Sample sample) {
    boolean patch = !sample.extents().isEmpty();
    return new VolumeLabels(
        sample.volume(),
        patch ? sample.extents().get(1) : sample.height(),
        patch ? sample.extents().get(2) : sample.width(),
        sample.spacing());
  }

  static void add(VolumeLabels labels, Sample sample, byte[] predicted, Preparation preparation) {
    switch (preparation.sample()) {
      case PATCH -> {
        PatchGrid patches = PatchGrid.of(sample, preparation.overlap());
        labels.add(VolumeBlock.owned(sample, patches), sample.mask(), predicted);
      }
      case VOLUME -> labels.add(VolumeBlock.whole(sample), sample.mask(), predicted);
      case IMAGE, SLICE, SEQUENCE, ROW -> labels.add(sample.slice(), sample.mask(), predicted);
    }
  }

  private static double meanForegroundDice(byte[] truth, byte[] predicted, int classes) {
    double sum = 0;
    int present = 0;
    for (int c = 1; c < classes; c++) {
      int both = 0;
      int either = 0;
      for (int i = 0; i < truth.length; i++) {
        boolean isTrue = (truth[i] & 0xff) == c;
        boolean isPredicted = (predicted[i] & 0xff) == c;
        both += isTrue && isPredicted ? 1 : 0;
        either += (isTrue ? 1 : 0) + (isPredicted ? 1 : 0);
      }
      if (either > 0) {
        sum += 2.0 * both / either;
        present++;
      }
    }
    return present == 0 ? Double.NaN : sum / present;
  }
}
