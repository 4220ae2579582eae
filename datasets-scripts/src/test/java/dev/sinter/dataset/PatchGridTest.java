package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatchGridTest {
  @ParameterizedTest
  @CsvSource({"40, 0.8, 8", "20, 0.9, 2", "10, 0.7, 3", "16, 0.25, 12", "10, 0.25, 7"})
  void strideIsTheShareThatDoesNotOverlap(int size, double overlap, int stride) {
    PatchGrid grid = new PatchGrid(List.of(size + 6 * stride, 1, 1), List.of(size, 1, 1), overlap);
    assertThat(grid.origins())
        .extracting(origin -> origin.get(0))
        .containsExactly(0, stride, 2 * stride, 3 * stride, 4 * stride, 5 * stride, 6 * stride);
  }
}
