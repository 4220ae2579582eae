package dev.sinter.trainer.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.model.ModelRegistry;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.NativeLibraries;
import dev.sinter.trainer.engine.Network;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StepLoopTest {
  @BeforeAll
  static void chooseLibraries() {
    NativeLibraries.select();
  }

  static StepCase tiny(String model, String task, StepEngine engine) {
    return new StepCase(model, task, 1, 32, 3, 2, engine, ComputePrecision.FP32, 1, 1, 0, 2);
  }

  @ParameterizedTest
  @EnumSource
  void measuresClassification(StepEngine engine) {
    measure(tiny("resnet18", "classification", engine));
  }

  @ParameterizedTest
  @EnumSource(names = {"SINTER", "LIBTORCH_BARE"})
  void measuresSegmentation(StepEngine engine) {
    measure(tiny("unet", "segmentation", engine));
  }

  private static void measure(StepCase step) {
    StepMeasurement measurement =
        StepProcess.measure(
            step, () -> Network.of(step.spec(), ModelRegistry.configuration(step.spec())));
    assertThat(measurement.imagesPerSecond()).isPositive();
    assertThat(measurement.steps()).isEqualTo(2);
    assertThat(measurement.peakMemoryBytes()).isPositive();
  }

  @ParameterizedTest
  @EnumSource(names = {"LIBTORCH_BARE", "LIBTORCH_DEFAULT"})
  void bareLoopsLearn(StepEngine engine) {
    try (BareLoop loop = new BareLoop(tiny("resnet18", "classification", engine))) {
      double first = loop.loss();
      double last = first;
      for (int i = 0; i < 30; i++) {
        last = loop.loss();
      }
      assertThat(last).isLessThan(first);
    }
  }
}
