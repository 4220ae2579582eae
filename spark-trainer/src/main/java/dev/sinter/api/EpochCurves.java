package dev.sinter.api;

import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.report.PolylineChart;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A drawing of what several runs reached epoch by epoch, for a notebook. */
public final class EpochCurves {
  private final String title;
  private final List<PolylineChart.Line> lines = new ArrayList<>();

  private EpochCurves(String title) {
    this.title = title;
  }

  /** A drawing without lines. */
  public static EpochCurves titled(String title) {
    return new EpochCurves(title);
  }

  /**
   * Adds a line.
   *
   * @param name in the legend
   * @param history of a run
   * @param value of an epoch, such as {@code EpochRecord::validationMetric}
   */
  public EpochCurves line(
      String name, List<EpochRecord> history, ToDoubleFunction<EpochRecord> value) {
    lines.add(new PolylineChart.Line(name, history.stream().mapToDouble(value).toArray()));
    return this;
  }

  /** The drawing as an SVG element that leaves the styles of its page alone. */
  public String html() {
    return new PolylineChart(title, lines).svg();
  }
}
