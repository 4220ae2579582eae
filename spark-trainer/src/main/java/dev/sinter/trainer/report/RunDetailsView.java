package dev.sinter.trainer.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** What stands behind the result: model, data, time, and how to do it again. */
final class RunDetailsView {
  private RunDetailsView() {}

  static void writeModel(MarkupWriter out, ModelSection model) {
    out.open("section").element("h2", "Model");
    String frozen =
        model.frozen() == 0 ? "" : ", of which " + Numbers.grouped(model.frozen()) + " were frozen";
    String text =
        Numbers.grouped(model.trainable())
            + " trainable parameters"
            + frozen
            + ". Input "
            + model.inputShape()
            + ".";
    out.element("p", text);
    Table table = Table.begin(out, List.of("stage", "layers", "output", "parameters", "share"));
    for (ModelSection.Stage stage : model.stages()) {
      double share = (double) stage.parameters() / Math.max(1, model.trainable());
      table.row(
          stage.name(),
          Numbers.grouped(stage.layers()),
          stage.outputShape(),
          Numbers.grouped(stage.parameters()),
          Numbers.percent(share));
    }
    table.end();
    out.close("section");
  }

  static void writeData(MarkupWriter out, DataSection data) {
    out.open("section").element("h2", "Data");
    List<String> columns = new ArrayList<>(List.of("count"));
    data.splits().forEach(split -> columns.add(split.name()));
    Table table = Table.begin(out, columns);
    table.row("samples", cells(data, DataSection.Split::samples));
    table.row("patients", cells(data, DataSection.Split::patients));
    for (int i = 0; i < data.classes().size(); i++) {
      int index = i;
      table.row(
          data.classes().get(i),
          data.splits().stream()
              .map(split -> count(split.perClass(), index))
              .toArray(String[]::new));
    }
    table.end();
    String rejected =
        data.rejectedFiles() == 0
            ? "No file was rejected. "
            : Numbers.grouped(data.rejectedFiles()) + " files were rejected: rejected.jsonl. ";
    out.open("p", "class", "note").text(rejected + "Fingerprint ");
    out.element("code", data.fingerprint()).close("p");
    out.close("section");
  }

  static void writeTiming(MarkupWriter out, TimingSection timing) {
    out.open("section").element("h2", "Time");
    out.open("div", "class", "columns");
    out.open("div").element("h3", "Run");
    StackedBar.write(out, "phase", timing.phases());
    out.close("div");
    TimingSection.Step step = timing.step();
    out.open("div").element("h3", "Mean training step");
    StackedBar.write(out, "part", step.parts());
    String sent =
        "%s steps; each worker sent %s a step."
            .formatted(Numbers.grouped(step.steps()), Numbers.bytes(step.bytesSent()));
    out.element("p", sent, "class", "note");
    out.close("div");
    out.close("div").close("section");
  }

  static void writeSettings(MarkupWriter out, RunSettings settings) {
    out.open("section").element("h2", "Doing it again");
    out.open("dl");
    out.element("dt", "Command").open("dd").element("code", settings.command()).close("dd");
    out.element("dt", "Checkpoint").open("dd").element("code", settings.checkpoint()).close("dd");
    for (RunSettings.Fact fact : settings.environment()) {
      out.element("dt", fact.name()).element("dd", fact.value());
    }
    out.close("dl");
    out.open("details").element("summary", "Effective configuration");
    out.element("pre", settings.configuration());
    out.close("details").close("section");
  }

  private static String[] cells(DataSection data, ToLongFunction<DataSection.Split> count) {
    return data.splits().stream()
        .map(split -> Numbers.grouped(count.applyAsLong(split)))
        .toArray(String[]::new);
  }

  private static String count(List<Long> perClass, int index) {
    return index < perClass.size() ? Numbers.grouped(perClass.get(index)) : Numbers.MISSING;
  }
}
