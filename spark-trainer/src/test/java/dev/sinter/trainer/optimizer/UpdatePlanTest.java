package dev.sinter.trainer.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.model.ParameterTensor.Role;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.optimizer.UpdatePlan.Range;
import dev.sinter.trainer.optimizer.UpdatePlan.Segment;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class UpdatePlanTest {
  private static final ParameterLayout LAYOUT =
      new ParameterLayout(
          List.of(
              new ParameterTensor("conv", "W", 0, new long[] {5000, 1}, 'c', Role.TRAINABLE),
              new ParameterTensor("norm", "gamma", 5000, new long[] {10}, 'c', Role.TRAINABLE),
              new ParameterTensor("norm", "mean", 5010, new long[] {10}, 'c', Role.RUNNING_MEAN)),
          5020);

  @Test
  void cutsTensorsAtBlocks() {
    assertThat(UpdatePlan.of(LAYOUT).segments(0, 5020))
        .containsExactly(
            new Segment(0, 4096, Treatment.DECAYED, 0, 0, Pace.OF_SCHEDULE),
            new Segment(4096, 904, Treatment.DECAYED, 0, 0, Pace.OF_SCHEDULE),
            new Segment(5000, 10, Treatment.UNDECAYED, 0, 1, Pace.OF_SCHEDULE),
            new Segment(5010, 10, Treatment.RUNNING_STATISTIC, 0.9f, 2, Pace.OF_SCHEDULE));
  }

  @Test
  void givesOnlyTheSliceAskedFor() {
    assertThat(UpdatePlan.of(LAYOUT).segments(4096, 5005))
        .containsExactly(
            new Segment(4096, 904, Treatment.DECAYED, 0, 0, Pace.OF_SCHEDULE),
            new Segment(5000, 5, Treatment.UNDECAYED, 0, 1, Pace.OF_SCHEDULE));
  }

  @Test
  void freezesTensors() {
    UpdatePlan plan = UpdatePlan.of(LAYOUT, tensor -> tensor.vertex().equals("norm"), t -> 0.5);
    assertThat(plan.segments(5000, 5020))
        .extracting(Segment::treatment)
        .containsOnly(Treatment.FROZEN);
  }

  @Test
  void putsWhatMovesTogether() {
    UpdatePlan plan = UpdatePlan.of(LAYOUT, tensor -> tensor.key().equals("gamma"), t -> 0.5);
    assertThat(plan.moving()).containsExactly(new Range(0, 0, 5000), new Range(5010, 5000, 10));
    UpdatePlan moving = plan.ofMoving();
    assertThat(moving.length()).isEqualTo(5010);
    assertThat(moving.segments(4096, 5010))
        .containsExactly(
            new Segment(4096, 904, Treatment.DECAYED, 0, 0, Pace.OF_SCHEDULE),
            new Segment(5000, 10, Treatment.RUNNING_STATISTIC, 0.5f, 1, Pace.OF_SCHEDULE));
    assertThat(UpdatePlan.of(LAYOUT).moving()).containsExactly(new Range(0, 0, 5020));
  }

  /** As when the first stages of a pretrained network are kept. */
  @Test
  void freezesTheFirstStagesOfANetwork() {
    ModelSpec spec =
        new ModelSpec("resnet18", 1, 16, 16, 4, "cross-entropy", Map.of("stem", "small"), 3);
    Network network = Network.of(spec, ModelRegistry.configuration(spec));
    Predicate<ParameterTensor> frozen = tensor -> tensor.vertex().matches("(stem|stage[12]).*");
    long kept =
        network.layout().tensors().stream().filter(frozen).mapToLong(ParameterTensor::length).sum();
    UpdatePlan plan = UpdatePlan.of(network, frozen);
    assertThat(kept).isBetween(1L, plan.length() / 2);
    assertThat(plan.moving()).containsExactly(new Range(kept, 0, (int) (plan.length() - kept)));
    assertThat(plan.ofMoving().length()).isEqualTo(plan.length() - kept);
    assertThat(plan.segments(0, kept))
        .extracting(Segment::treatment)
        .containsOnly(Treatment.FROZEN);
  }
}
