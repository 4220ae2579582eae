package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.optimizer.UpdatePlan;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ChunkTest {
  @Property
  void coversASliceInWholeBlocks(
      @ForAll @IntRange(max = 5 * Chunk.FLOATS) int length,
      @ForAll @IntRange(min = 1, max = 9) int workers) {
    for (int worker = 0; worker < workers; worker++) {
      Slice slice = Slice.of(length, worker, workers);
      int at = 0;
      for (Chunk chunk : Chunk.of(slice)) {
        assertThat(chunk.offset()).isEqualTo(at);
        assertThat(chunk.offset() % UpdatePlan.BLOCK).isZero();
        assertThat(chunk.length()).isLessThanOrEqualTo(Chunk.FLOATS);
        at += chunk.length();
      }
      assertThat(at).isEqualTo(slice.length());
    }
  }
}
