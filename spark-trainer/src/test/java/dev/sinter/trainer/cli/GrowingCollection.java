package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.trainer.TinyCollections;
import dev.sinter.trainer.data.SplitReader;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/** Images with masks, two of each patient, to which patients are added; and a dataset of them. */
final class GrowingCollection {
  private static final int SIZE = 16;

  private final Path folder;

  /** Below a folder, which holds nothing else. */
  GrowingCollection(Path folder) {
    this.folder = folder;
  }

  /** A configuration that trains on it within seconds. */
  Path configuration() throws IOException {
    return Files.writeString(
        folder.resolve("retrain.yaml"),
        """
        data:
          input: %s
          output: %s
          task: segmentation
          patient-pattern: '(p\\d+)_'
          split: {train: 0.5, val: 0.2, test: 0.3}
        model: {name: unet, options: {depth: 1, width: 4}}
        train: {epochs: 3, lanes: 2, micro-batch-size: 2, output: %s}
        optimizer: {name: adamw, learning-rate: 0.02}
        engine: {precision: fp32}
        cluster: {workers: 1, timeout-seconds: 60}
        retrain: {registry: %s, keep: 1}
        """
            .formatted(
                folder.resolve("collection"), dataset(), folder.resolve("unused"), registry()));
  }

  Path dataset() {
    return folder.resolve("dataset");
  }

  Path registry() {
    return folder.resolve("registry");
  }

  /** Patients from one number to before another: a bright square somewhere, 255 in the mask. */
  void add(int from, int to) throws IOException {
    for (int patient = from; patient < to; patient++) {
      Random random = new Random(patient);
      for (int i = 0; i < 2; i++) {
        BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
        BufferedImage mask = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
        int top = random.nextInt(SIZE / 2);
        int left = random.nextInt(SIZE / 2);
        for (int y = 0; y < SIZE; y++) {
          for (int x = 0; x < SIZE; x++) {
            boolean inside = y >= top && y < top + SIZE / 2 && x >= left && x < left + SIZE / 2;
            image.getRaster().setSample(x, y, 0, (inside ? 150 : 40) + random.nextInt(60));
            mask.getRaster().setSample(x, y, 0, inside ? 255 : 0);
          }
        }
        String name = String.format("p%03d_%d.png", patient, i);
        TinyCollections.save(image, folder.resolve("collection/images").resolve(name));
        TinyCollections.save(mask, folder.resolve("collection/labels").resolve(name));
      }
    }
  }

  /** Side of every patient of the dataset, each of whom has one. */
  Map<String, String> sides() {
    Configuration hadoop = new Configuration();
    org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path(dataset().toString());
    DatasetManifest manifest = DatasetManifest.read(root, hadoop);
    Map<String, String> sides = new TreeMap<>();
    manifest
        .splits()
        .forEach(
            (split, summary) -> {
              try (SplitReader samples =
                  new SplitReader(hadoop, root, manifest, split, 0, summary.samples())) {
                samples.forEachRemaining(
                    sample -> assertThat(sides.put(sample.patient(), split)).isIn(null, split));
              }
            });
    return sides;
  }
}
