package dev.sinter.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.dataset.Fit;
import dev.sinter.dataset.Normalization;
import dev.sinter.dataset.PixelType;
import dev.sinter.dataset.Preparation;
import dev.sinter.dataset.Sample;
import dev.sinter.dataset.SampleKind;
import dev.sinter.dataset.SourceCollection;
import dev.sinter.dataset.Transforms;
import dev.sinter.trainer.engine.Batch;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Draws what each augmentation does to the repository's samples. With {@code -Dsinter.sheet=FILE}
 * the picture is written there: this is how {@code docs/images/augmentations.png} is made.
 */
class AugmentationSheetTest {
  private static final Path SAMPLES = Path.of("../samples");
  private static final int SIDE = 64;
  private static final int CELL = 2 * SIDE + 4;
  private static final int COLUMNS = 7;
  private static final int CAPTION = 150;

  @TempDir Path folder;

  private static Augmentation augmentation(float... v) {
    return new Augmentation(
        v[0],
        v[1],
        v[2],
        (int) v[3],
        v[4],
        v[5],
        v[6],
        v[7],
        v[8],
        v[9],
        v[10],
        v[11],
        v[12],
        v[13],
        v[14]);
  }

  private static Map<String, Augmentation> images() {
    Map<String, Augmentation> rows = new LinkedHashMap<>();
    rows.put("flip-horizontal", augmentation(.5f, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    rows.put("flip-vertical", augmentation(0, .5f, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    rows.put("rotate-degrees: 30", augmentation(0, 0, 30, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    rows.put("crop-pixels: 10", augmentation(0, 0, 0, 10, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    rows.put("scale: 0.4", augmentation(0, 0, 0, 0, .6f, 1.4f, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    rows.put("brightness: 1", augmentation(0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0));
    rows.put("contrast: 0.7", augmentation(0, 0, 0, 0, 1, 1, 0, .7f, 0, 0, 0, 0, 0, 0, 0));
    rows.put("quarter-turns", augmentation(0, 0, 0, 0, 1, 1, 0, 0, 0, .75f, 0, 0, 0, 0, 0));
    rows.put("elastic: 12", augmentation(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 12, 0, 0, 0, 0));
    rows.put("gamma: 1", augmentation(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0));
    rows.put("noise: 0.6", augmentation(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, .6f, 0, 0));
    rows.put("cutout: 0.5", augmentation(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, .5f, 0));
    rows.put("mixup: 1", augmentation(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1));
    return rows;
  }

  private static Map<String, Augmentation> volumes() {
    Map<String, Augmentation> rows = new LinkedHashMap<>();
    rows.put("volume: flips", augmentation(.5f, .5f, 0, 0, 1, 1, 0, 0, .5f, 0, 0, 0, 0, 0, 0));
    rows.put("volume: quarter-turns", augmentation(0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0));
    rows.put("volume: scale: 0.4", augmentation(0, 0, 0, 0, .6f, 1.4f, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    rows.put("volume: elastic: 10", augmentation(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 10, 0, 0, 0, 0));
    return rows;
  }

  @Test
  void everyRowShowsAChange() throws IOException {
    int rows = images().size() + volumes().size();
    BufferedImage sheet =
        new BufferedImage(CAPTION + (COLUMNS + 1) * CELL, rows * CELL, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    int row = 0;
    for (Map.Entry<String, Augmentation> entry : images().entrySet()) {
      caption(graphics, entry.getKey(), row);
      drawRow(sheet, row++, pictures(mednist(), List.of(1, SIDE, SIDE), entry.getValue()));
    }
    for (Map.Entry<String, Augmentation> entry : volumes().entrySet()) {
      caption(graphics, entry.getKey(), row);
      drawRow(
          sheet,
          row++,
          pictures(List.of(hippocampus()), List.of(1, SIDE, SIDE, SIDE), entry.getValue()));
    }
    graphics.dispose();
    String target = System.getProperty("sinter.sheet", "");
    Path file = target.isEmpty() ? folder.resolve("sheet.png") : Path.of(target);
    assertThat(ImageIO.write(sheet, "png", file.toFile())).isTrue();
    assertThat(file).isNotEmptyFile();
  }

  private static void caption(Graphics2D graphics, String text, int row) {
    graphics.setColor(Color.BLACK);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    graphics.drawString(text, 4, row * CELL + CELL / 2);
  }

  private static void drawRow(BufferedImage sheet, int row, List<int[]> pictures) {
    int different = 0;
    for (int column = 0; column < pictures.size(); column++) {
      int[] picture = pictures.get(column);
      different += java.util.Arrays.equals(picture, pictures.get(0)) ? 0 : 1;
      for (int i = 0; i < 4 * SIDE * SIDE; i++) {
        int x = i % (2 * SIDE);
        int y = i / (2 * SIDE);
        sheet.setRGB(CAPTION + column * CELL + x, row * CELL + y, picture[y / 2 * SIDE + x / 2]);
      }
    }
    assertThat(different).as("row %d", row).isGreaterThan(1);
  }

  /** The sample as it is, and as it comes in some epochs. */
  private List<int[]> pictures(
      List<Sample> samples, List<Integer> shape, Augmentation augmentation) {
    Normalization normalization =
        new Normalization(Normalization.Kind.SOURCE, List.of(), List.of());
    List<int[]> pictures = new ArrayList<>();
    try (SampleCache cache = SampleCache.read(samples.iterator(), 0, folder)) {
      Batch batch = Batch.of(samples.size(), shape, cache.labels());
      SampleOrder order = new SampleOrder(new LanePlan(samples.size(), 1, samples.size()), 1);
      BatchAssembler plain = BatchAssembler.withoutAugmentation(cache, normalization);
      plain.fillConsecutive(0, batch);
      pictures.add(picture(batch, 0));
      BatchAssembler assembler = new BatchAssembler(cache, normalization, augmentation);
      for (int epoch = 0; epoch < COLUMNS; epoch++) {
        assembler.fill(order, epoch, 0, 0, batch);
        int place = 0;
        while (order.sampleAt(epoch, 0, 0, place) != 0) {
          place++;
        }
        pictures.add(picture(batch, place));
      }
    }
    return pictures;
  }

  /** The image, or a volume's slice in the middle with its classes in colour. */
  private static int[] picture(Batch batch, int place) {
    int values = batch.inputs().capacity() / batch.samples();
    int slice = values > SIDE * SIDE ? SIDE / 2 * SIDE * SIDE : 0;
    int[] picture = new int[SIDE * SIDE];
    for (int i = 0; i < picture.length; i++) {
      float value = batch.inputs().get(place * values + slice + i);
      int gray = Math.max(0, Math.min(255, Math.round(90 + 60 * value)));
      int label = batch.labelShape().isEmpty() ? 0 : batch.labels().get(slice + i);
      int red = label == 1 ? Math.min(255, gray + 90) : gray;
      int blue = label == 2 ? Math.min(255, gray + 110) : gray;
      picture[i] = red << 16 | gray << 8 | blue;
    }
    return picture;
  }

  private static List<Sample> mednist() throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (String name : List.of("Hand", "CXR")) {
      try (var files = Files.list(SAMPLES.resolve("mednist").resolve(name))) {
        BufferedImage image = ImageIO.read(files.sorted().findFirst().orElseThrow().toFile());
        byte[] pixels = new byte[SIDE * SIDE];
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < pixels.length; i++) {
          int value = image.getRaster().getSample(i % SIDE, i / SIDE, 0);
          pixels[i] = (byte) value;
          sum += value;
          squares += (double) value * value;
        }
        double mean = sum / pixels.length;
        samples.add(
            new Sample(
                name,
                name,
                "train",
                samples.size(),
                new byte[0],
                pixels,
                PixelType.UINT8,
                1,
                SIDE,
                SIDE,
                (float) mean,
                (float) Math.sqrt(squares / pixels.length - mean * mean),
                List.of(),
                name,
                0,
                name));
      }
    }
    return samples;
  }

  private static Sample hippocampus() {
    Preparation preparation =
        new Preparation(
            Preparation.VOLUME,
            1,
            SIDE,
            SIDE,
            Fit.PAD,
            PixelType.FLOAT32,
            2,
            SampleKind.VOLUME,
            SIDE,
            0,
            Transforms.NONE,
            0,
            List.of());
    Sample image = first(SAMPLES.resolve("hippocampus/images"), preparation);
    float[] classes = first(SAMPLES.resolve("hippocampus/labels"), preparation).values();
    byte[] mask = new byte[classes.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) classes[i];
    }
    return new Sample(
        "v",
        "p",
        "train",
        -1,
        mask,
        image.pixels(),
        image.pixelType(),
        1,
        SIDE,
        SIDE,
        image.intensityMean(),
        image.intensityStd(),
        List.of(),
        "v",
        0,
        "v",
        SIDE,
        List.of(),
        List.of());
  }

  private static Sample first(Path images, Preparation preparation) {
    Configuration hadoop = new Configuration();
    SourceCollection collection = SourceCollection.list(hadoop, images.toString(), preparation);
    if (collection.items().isEmpty()) {
      throw new UncheckedIOException(new IOException(images + " is empty"));
    }
    return collection.read(hadoop, collection.items().get(0)).samples().get(0);
  }
}
