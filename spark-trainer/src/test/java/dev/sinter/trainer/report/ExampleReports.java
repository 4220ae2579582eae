package dev.sinter.trainer.report;

import dev.sinter.dataset.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reports like those of a real run. */
final class ExampleReports {
  static final List<String> MEDNIST =
      List.of("AbdomenCT", "BreastMRI", "CXR", "ChestCT", "Hand", "HeadCT");

  private ExampleReports() {}

  static ReportContent classification(List<ClassificationSection.Example> examples) {
    long[][] confusion = {
      {58, 0, 0, 2, 0, 0},
      {0, 60, 0, 0, 0, 0},
      {0, 0, 59, 0, 1, 0},
      {4, 0, 0, 56, 0, 0},
      {0, 0, 3, 0, 56, 1},
      {0, 0, 0, 0, 0, 60}
    };
    List<Double> auroc = List.of(0.9981, 1.0, 0.9994, 0.9962, 0.9958, 0.9999);
    return new ReportContent(
        identity("mednist-resnet18", "resnet18", Task.CLASSIFICATION, "MedNIST sample"),
        new ClassificationSection(
            MEDNIST, confusion, 349 / 360.0, 349 / 360.0, 0.9982, auroc, examples),
        curves("accuracy", 12, 9, 1.7, 0.97),
        new ModelSection(
            11_172_810,
            0,
            "1 x 64 x 64",
            List.of(
                new ModelSection.Stage("stem", 2, "64 x 16 x 16", 3_264),
                new ModelSection.Stage("stage1", 8, "64 x 16 x 16", 147_968),
                new ModelSection.Stage("stage2", 10, "128 x 8 x 8", 525_568),
                new ModelSection.Stage("stage3", 10, "256 x 4 x 4", 2_099_712),
                new ModelSection.Stage("stage4", 10, "512 x 2 x 2", 8_393_728),
                new ModelSection.Stage("head", 1, "6", 3_078))),
        data(MEDNIST, 233, 50, 60, 3),
        timing(),
        settings("resnet18", "mednist-resnet18"));
  }

  static ReportContent segmentation(List<SegmentationSection.Example> examples) {
    List<SegmentationSection.Volume> volumes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      double dice = 0.865 + 0.03 * Math.sin(i * 2.3) - (i % 13 == 0 ? 0.07 : 0.015 * (i % 3));
      volumes.add(new SegmentationSection.Volume("volume-" + i, dice));
    }
    List<String> classes = List.of("background", "anterior", "posterior");
    return new ReportContent(
        identity("hippocampus-unet", "unet", Task.SEGMENTATION, "MSD Hippocampus sample"),
        new SegmentationSection(
            classes,
            0.8536,
            List.of(
                new SegmentationSection.Overlap("anterior", 0.8652, 0.7684, 1.41),
                new SegmentationSection.Overlap("posterior", 0.8420, 0.7312, 1.73)),
            volumes,
            examples),
        curves("Dice", 20, 17, 0.9, 0.86),
        new ModelSection(
            1_943_331,
            0,
            "1 x 64 x 64",
            List.of(
                new ModelSection.Stage("encoder1", 2, "16 x 64 x 64", 2_496),
                new ModelSection.Stage("encoder2", 2, "32 x 32 x 32", 13_952),
                new ModelSection.Stage("encoder3", 2, "64 x 16 x 16", 55_552),
                new ModelSection.Stage("bottleneck", 2, "256 x 4 x 4", 885_760),
                new ModelSection.Stage("decoder2", 3, "32 x 32 x 32", 35_968),
                new ModelSection.Stage("decoder1", 3, "16 x 64 x 64", 9_024),
                new ModelSection.Stage("head", 1, "3 x 64 x 64", 51))),
        data(List.of("anterior", "posterior"), 2210, 430, 390, 0),
        timing(),
        settings("unet", "hippocampus-unet"));
  }

  /** A gray ramp with a bright disc. */
  static ExamplePicture picture(String id, int height, int width) {
    byte[] pixels = new byte[height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        boolean disc = Math.hypot(y - height / 2.0, x - width / 2.0) < height / 4.0;
        pixels[y * width + x] = (byte) (disc ? 220 : 30 + 60 * x / width);
      }
    }
    return new ExamplePicture(id, 1, height, width, pixels);
  }

  static List<ClassificationSection.Example> syntheticImages() {
    return List.of(
        new ClassificationSection.Example(picture("a", 16, 16), 0, 0, 0.98),
        new ClassificationSection.Example(picture("b", 16, 12), 3, 3, 0.91),
        new ClassificationSection.Example(picture("c", 8, 8), 4, 2, 0.61),
        new ClassificationSection.Example(picture("d", 8, 8), 4, 2, 0.83));
  }

  static List<SegmentationSection.Example> syntheticMasks() {
    ExamplePicture picture = picture("slice-1", 12, 10);
    byte[] truth = new byte[120];
    byte[] prediction = new byte[120];
    for (int i = 40; i < 80; i++) {
      truth[i] = (byte) (i < 60 ? 1 : 2);
      prediction[i + 10] = truth[i];
    }
    return List.of(new SegmentationSection.Example(picture, truth, prediction, 0.75));
  }

  private static RunIdentity identity(String run, String model, Task task, String dataset) {
    Instant finished = Instant.parse("2026-11-20T14:05:09Z");
    return new RunIdentity(run, model, task, dataset, finished, "0.1.0", 412.6, 187.4);
  }

  private static LearningCurves curves(
      String metric, int epochs, int best, double firstLoss, double lastMetric) {
    List<EpochPoint> points = new ArrayList<>();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      double progress = 1 - Math.exp(-4.0 * epoch / epochs);
      double wobble = 0.03 * Math.sin(epoch * 1.9);
      double overfit = Math.max(0, epoch - best) * 0.015;
      points.add(
          new EpochPoint(
              epoch,
              firstLoss * (1 - 0.97 * progress),
              firstLoss * (1 - 0.88 * progress) + wobble + overfit,
              lastMetric * (0.45 + 0.55 * progress) - Math.abs(wobble) * 0.6 - overfit,
              0.005 * (1 + Math.cos(Math.PI * (epoch - 1) / epochs)),
              31.2,
              epoch == 1 ? 141.0 : 187.0 + 4 * Math.sin(epoch)));
    }
    return new LearningCurves(metric, best, points);
  }

  private static DataSection data(
      List<String> classes, long train, long val, long test, long rejected) {
    int count = classes.size();
    return new DataSection(
        classes,
        List.of(split("train", count, train), split("val", count, val), split("test", count, test)),
        rejected,
        "sha256:5f0c9a3be1d2");
  }

  private static DataSection.Split split(String name, int classes, long perClass) {
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      counts.add(perClass);
    }
    return new DataSection.Split(name, perClass * classes, perClass * classes / 2, counts);
  }

  private static TimingSection timing() {
    return new TimingSection(
        List.of(
            new PhaseTiming("read and verify", 21.4),
            new PhaseTiming("training", 341.2),
            new PhaseTiming("validation", 31.7),
            new PhaseTiming("evaluation", 18.3)),
        new TimingSection.Step(
            528,
            List.of(
                new PhaseTiming("compute", 0.1552),
                new PhaseTiming("wait for data", 0.0041),
                new PhaseTiming("transfer", 0.0298),
                new PhaseTiming("update", 0.0067)),
            44_691_240));
  }

  private static RunSettings settings(String model, String run) {
    return new RunSettings(
        """
        data:
          input: hdfs:///collections/sample
          split: {train: 0.7, val: 0.15, test: 0.15, seed: 1}
        model:
          name: %s
        train:
          epochs: 12
          lanes: 4
          micro-batch-size: 8
          seed: 1
        sync:
          strategy: gradient-sharing
          compression: none
        """
            .formatted(model),
        List.of(
            new RunSettings.Fact("Workers and lanes", "2 workers, 4 lanes, 1 thread per lane"),
            new RunSettings.Fact("Engine", "libtorch 2.10.0, bf16"),
            new RunSettings.Fact("Strategy", "gradient-sharing, compression none"),
            new RunSettings.Fact("Spark", "3.5.5, standalone"),
            new RunSettings.Fact("JVM", "17.0.13+11"),
            new RunSettings.Fact("CPU", "Intel Xeon Platinum 8481C, avx512")),
        "hdfs:///runs/" + run + "/step-000396",
        "sinter train " + run + ".yaml -Dtrain.seed=1");
  }
}
