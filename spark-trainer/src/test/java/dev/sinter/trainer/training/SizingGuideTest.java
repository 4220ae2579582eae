package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.model.ModelCard;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.engine.ActivationMemory;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tables of {@code docs/explanation/sizing.md} follow from the formulas that it states. */
class SizingGuideTest {
  private static final Path DOCS = Path.of("../docs/explanation");
  private static final double TEN_GIGABIT = 1.25e9;
  private static final double SOCKET_SECONDS_PER_BYTE = 0.92e-9;
  private static final double SHARED_MEMORY_SECONDS_PER_BYTE = 0.66e-9;
  private static final int CORES = 2;

  /** Bytes that a worker sends in a step. */
  private static double bytes(double parameters, int workers) {
    return 8 * parameters * (workers - 1) / workers;
  }

  /** Milliseconds of an exchange on one machine, whose processors bound it. */
  private static double localMillis(double parameters, int workers, double secondsPerByte) {
    return 1000 * bytes(parameters, workers) * workers * secondsPerByte / CORES;
  }

  private static double epochSeconds(int images, int globalBatch, int validation, double rate) {
    return images / globalBatch * globalBatch / rate + validation / (3 * rate);
  }

  /** Cells of the rows of a table that has such a heading. */
  private static List<List<String>> table(String heading) throws IOException {
    List<String> lines = Files.readAllLines(DOCS.resolve("sizing.md"));
    int begin = lines.indexOf(heading);
    assertThat(begin).as(heading).isNotNegative();
    return lines.subList(begin + 2, lines.size()).stream()
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList())
        .toList();
  }

  private static double number(String cell) {
    return Double.parseDouble(cell.replace(",", "").split(" ", 2)[0]);
  }

  @Test
  void predictionsFollowFromTheModel() throws IOException {
    double resnet50 = 25.6e6;
    double mednist = 11_173_318; // ResNet-18 of one channel and six classes
    double twoExecutors =
        32 / (32 / (2 * 69.0) + localMillis(mednist, 2, SHARED_MEMORY_SECONDS_PER_BYTE) / 1000);
    List<Double> predicted =
        List.of(
            bytes(resnet50, 2),
            bytes(resnet50, 4),
            bytes(resnet50, 8),
            localMillis(resnet50, 2, SOCKET_SECONDS_PER_BYTE),
            localMillis(resnet50, 2, SOCKET_SECONDS_PER_BYTE),
            localMillis(resnet50, 4, SOCKET_SECONDS_PER_BYTE),
            localMillis(resnet50, 8, SOCKET_SECONDS_PER_BYTE),
            localMillis(resnet50, 2, SHARED_MEMORY_SECONDS_PER_BYTE),
            twoExecutors,
            15 * epochSeconds(3169, 16, 706, 226),
            12 * epochSeconds(420, 32, 90, 99));
    List<List<String>> rows = table("| what | predicted | measured | error |");
    assertThat(rows).hasSameSizeAs(predicted);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(number(rows.get(i).get(1)))
          .as(rows.get(i).get(0))
          .isCloseTo(predicted.get(i), within(0.0501));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "| what | predicted | measured | error |",
        "| network | precision | predicted | measured | error |"
      })
  void errorsAreTheirRatios(String heading) throws IOException {
    for (List<String> row : table(heading)) {
      int last = row.size() - 1;
      double error = 100 * (number(row.get(last - 2)) / number(row.get(last - 1)) - 1);
      assertThat(row.get(last)).isEqualTo(String.format(Locale.ROOT, "%+.1f %%", error + 0.0));
    }
  }

  @Test
  void measuredExchangesAreThoseOfTheBenchmarks() throws IOException {
    String benchmarks = Files.readString(DOCS.resolve("../../benchmarks/xeon-amx-2-cores.md"));
    table("| what | predicted | measured | error |").stream()
        .limit(8)
        .map(row -> row.get(2).replace(" ms", ""))
        .forEach(measured -> assertThat(benchmarks).contains(measured));
  }

  @Test
  void efficienciesFollowFromTheModel() throws IOException {
    int images = 16;
    int[] workers = {2, 4, 8, 16};
    for (List<String> row : table("| network | r | P | C | W = 2 | 4 | 8 | 16 |")) {
      double computing = images / number(row.get(1));
      assertThat(number(row.get(3))).isCloseTo(1000 * computing, within(0.5));
      for (int i = 0; i < workers.length; i++) {
        double exchange = bytes(1e6 * number(row.get(2)), workers[i]) / TEN_GIGABIT;
        assertThat(number(row.get(4 + i)))
            .as(row.get(0))
            .isCloseTo(computing / (computing + exchange), within(0.00501));
      }
    }
  }

  @Test
  void memoryIsWhatTrainingEstimates() throws IOException {
    Map<String, Integer> microBatches =
        Map.of("resnet18", 16, "resnet50", 16, "densenet121", 16, "unet", 4);
    SoftAssertions all = new SoftAssertions();
    for (List<String> row : table("| network | precision | predicted | measured | error |")) {
      String name = row.get(0).replace("`", "");
      ModelCard card = ModelRegistry.card(name);
      ModelSpec spec =
          new ModelSpec(name, card.inputShape(), card.classes(), "cross-entropy", Map.of(), 1);
      Network network = Network.of(spec, ModelRegistry.configuration(spec));
      long bytes =
          MemoryEstimate.of(
                  network,
                  microBatches.get(name),
                  1,
                  2,
                  1,
                  new MemoryEstimate.Activations(
                      ComputePrecision.byKey(row.get(1)), ActivationMemory.KEEP))
              .totalBytes();
      all.assertThat(number(row.get(2))).as(row.toString()).isEqualTo((double) (bytes >> 20));
    }
    all.assertAll();
  }
}
