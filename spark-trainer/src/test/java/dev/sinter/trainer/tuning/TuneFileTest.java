package dev.sinter.trainer.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.TuneConfig;
import dev.sinter.trainer.config.TuneFile;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TuneFileTest {
  private static final String RUN =
      """
      data: {output: shards}
      model: {name: resnet18}
      train: {output: runs/search, epochs: 9}
      """;
  private static final String TUNE =
      """
      tune:
        parameters:
          optimizer.learning-rate: {log-range: [0.001, 0.1]}
          optimizer.momentum: {range: [0.5, 0.75]}
          train.micro-batch-size: {whole-range: [2, 4]}
          model.name: [resnet18, resnet34]
          train.augment: [{flip-horizontal: true}, {}]
      """;

  private static TuneFile parse(String text, Map<String, String> overrides) {
    return ConfigFile.parseTune(text, overrides, "test.yaml");
  }

  private static List<Trial> trials(Map<String, String> overrides) {
    TuneFile file = parse(RUN + TUNE, overrides);
    return IntStream.rangeClosed(1, 200)
        .mapToObj(number -> Trial.of(file, "runs/search", number))
        .toList();
  }

  @Test
  void defaults() {
    TuneConfig tune = parse(RUN + TUNE, Map.of()).tune();
    assertThat(tune).isEqualTo(new TuneConfig(9, 1, 3, 1, 1, "metric", tune.parameters()));
    assertThat(tune.parameters()).hasSize(5);
  }

  @Test
  void everyKeyIsMapped() {
    TuneConfig tune =
        parse(
                RUN + TUNE,
                Map.of(
                    "tune.trials", "5",
                    "tune.parallel", "2",
                    "tune.eta", "4",
                    "tune.min-epochs", "3",
                    "tune.seed", "7",
                    "tune.metric", "loss"))
            .tune();
    assertThat(tune).isEqualTo(new TuneConfig(5, 2, 4, 3, 7, "loss", tune.parameters()));
  }

  /** The other commands take the same file. */
  @Test
  void aRunIsReadWithoutItsSearch() {
    assertThat(ConfigFile.parse(RUN + TUNE, Map.of(), "test.yaml"))
        .isEqualTo(ConfigFile.parse(RUN, Map.of(), "test.yaml"));
  }

  @Test
  void trialsAreDrawnFromTheirRangesAndTheSameAgain() {
    List<Trial> trials = trials(Map.of());
    assertThat(trials)
        .allSatisfy(
            trial -> {
              assertThat(trial.run().optimizer().learningRate()).isBetween(0.001, 0.1);
              assertThat(trial.run().optimizer().momentum()).isBetween(0.5, 0.75);
              assertThat(trial.run().train().microBatchSize()).isBetween(2, 4);
              assertThat(trial.run().train().epochs()).isEqualTo(9);
            });
    assertThat(trials.stream().map(trial -> trial.run().train().microBatchSize()))
        .contains(2, 3, 4);
    assertThat(trials.stream().map(trial -> trial.run().model().name()))
        .contains("resnet18", "resnet34");
    assertThat(trials.stream().map(trial -> trial.run().train().augment().flipHorizontal()))
        .contains(true, false);
    assertThat(trials.stream().filter(trial -> trial.run().optimizer().learningRate() < 0.01))
        .as("half of the logarithm")
        .hasSizeBetween(70, 130);
    assertThat(trials.stream().map(Trial::values)).doesNotHaveDuplicates();
    assertThat(trials(Map.of())).isEqualTo(trials);
    assertThat(trials(Map.of("tune.seed", "2"))).isNotEqualTo(trials);
    assertThat(trials.get(2).run().train().output()).isEqualTo("runs/search/trials/trial-003");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tune.trails | 3 | tune.trails: is not a key here; did you mean 'trials'?",
        "tune.eta | 1 | tune.eta: 1 is not within 2 to 100",
        "tune.metric | dice | tune.metric: 'dice' is not one of metric, loss",
        "tune.min-epochs | 10 | tune.min-epochs: 10 is more than train.epochs (9)",
        "tune.parameters | {} | tune.parameters: is missing; give keys such as optimizer.learning-rate",
        "tune.parameters | {train.epochs: [1, 2]} | tune.parameters.train.epochs: is not searched",
        "tune.parameters | {data.fold: [1/5]} | tune.parameters.data.fold: is not searched",
        "tune.parameters | {optimizer.momentum: 0.5} | tune.parameters.optimizer.momentum: 0.5 is neither a list of values nor one of",
        "tune.parameters | {optimizer.momentum: {range: [1, 0]}} | tune.parameters.optimizer.momentum: [1.0, 0.0] is no range",
        "tune.parameters | {optimizer.momentum: {log-range: [0, 1]}} | and above 0",
        "tune.parameters | {train.micro-batch-size: {whole-range: [1, 2.5]}} | and both whole",
      })
  void reportsWhatIsWrong(String key, String value, String message) {
    assertThatThrownBy(() -> parse(RUN + TUNE, Map.of(key, value))).hasMessageContaining(message);
  }

  /** Before anything is trained. */
  @Test
  void aTrialThatIsNoConfigurationIsNamed() {
    TuneFile file = parse(RUN + TUNE, Map.of("tune.parameters", "{model.name: [resnet19]}"));
    assertThatThrownBy(() -> Trial.of(file, "runs/search", 1))
        .hasMessageContainingAll("trial-001", "resnet19");
  }

  @Test
  void refusesAFileWithoutASearch() {
    assertThatThrownBy(() -> parse(RUN, Map.of())).hasMessageContaining("has no tune group");
  }
}
