package dev.sinter.trainer.cli;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.BlockGraph;
import dev.sinter.model.LayerTable;
import dev.sinter.model.ModelCard;
import dev.sinter.model.ModelOption;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.report.NetworkDiagram;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sinter models [NAME]}, {@code sinter models --registry URI}. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description =
        "Lists the networks, or shows one: its card, options and layers."
            + " With --registry, lists the versions of a trained model.")
final class ModelsCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "NAME", description = "a network, such as resnet18")
  private String name;

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description = "also draw the named network block by block, with its skips")
  private Path svg;

  @Mixin private RegistryOptions registry;

  @Mixin private CommonOptions common;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    registry.check(spec.commandLine(), name);
    if (registry.given()) {
      common.console(); // checks that the JSON can be written
      JsonOutput.write(common.json(), registry.run(JsonOutput.console(common.json())));
      return 0;
    }
    if (svg != null && name == null) {
      throw new ParameterException(
          spec.commandLine(), "--svg draws one network: name it, as in sinter models unet --svg F");
    }
    List<ModelCard> cards =
        (name == null ? ModelRegistry.names() : List.of(name))
            .stream().map(ModelRegistry::card).toList();
    PrintStream out = JsonOutput.console(common.json());
    if (name == null) {
      out.printf(
          "%-18s %-15s %14s %16s  %s%n", "name", "task", "parameters", "multiply-adds", "input");
      cards.forEach(card -> printLine(out, card));
      out.println("`sinter models NAME` shows one with its options and layers.");
    } else {
      printCard(out, cards.get(0));
      if (svg != null) {
        draw(cards.get(0));
        out.println("  diagram " + svg);
      }
    }
    JsonOutput.write(
        common.json(), Map.of("models", cards.stream().map(ModelsCommand::toJson).toList()));
    return 0;
  }

  private static void printLine(PrintStream out, ModelCard card) {
    out.printf(
        Locale.ROOT,
        "%-18s %-15s %,14d %,16d  %s%n",
        card.name(),
        card.task(),
        card.parameters(),
        card.multiplyAdds(),
        card.inputShape());
  }

  private static void printCard(PrintStream out, ModelCard card) {
    out.printf(Locale.ROOT, "%s (%s, %s)%n", card.name(), card.family(), card.task());
    out.printf(
        Locale.ROOT,
        "  paper          %s: %s (%d), arXiv:%s%n",
        card.paper().authors(),
        card.paper().title(),
        card.paper().year(),
        card.paper().arxiv());
    out.printf(
        Locale.ROOT,
        "  at the default %s, %d classes: %,d trainable parameters, %,d multiply-adds%n",
        card.inputShape(),
        card.classes(),
        card.parameters(),
        card.multiplyAdds());
    out.println("  options");
    for (ModelOption option : card.options()) {
      out.printf(
          "    %-20s %s (default %s; %s)%n",
          option.name(), option.meaning(), option.defaultValue(), option.legalValues());
    }
    out.printf(
        "  %-34s %-20s %-16s %12s %16s%n",
        "layer", "type", "output", "parameters", "multiply-adds");
    for (LayerTable.Row row : layers(card).rows()) {
      out.printf(
          Locale.ROOT,
          "  %-34s %-20s %-16s %,12d %,16d%n",
          row.vertex(),
          row.type(),
          shape(row.outputShape()),
          row.parameters(),
          row.multiplyAdds());
    }
  }

  private void draw(ModelCard card) {
    String drawing =
        NetworkDiagram.of(
            card.name() + ", " + card.inputShape() + ", " + card.classes() + " classes",
            BlockGraph.of(configuration(card), card.inputShape()));
    try {
      writeWhole(drawing);
    } catch (IOException e) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "DIAGRAM_NOT_WRITTEN",
          "cannot write " + svg + ": " + e,
          "Name a file in a folder that exists and can be written.",
          e);
    }
  }

  /** Whoever looks at the file meanwhile sees the old one or the new one. */
  private void writeWhole(String drawing) throws IOException {
    if (Files.exists(svg) && !Files.isRegularFile(svg)) {
      Files.writeString(svg, drawing); // a pipe or a terminal
      return;
    }
    Path whole = Files.exists(svg) ? svg.toRealPath() : svg.toAbsolutePath();
    Path written =
        whole.resolveSibling("." + whole.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      Files.writeString(written, drawing, StandardOpenOption.CREATE_NEW);
      Files.move(
          written, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(written);
    }
  }

  private static LayerTable layers(ModelCard card) {
    return LayerTable.of(configuration(card), card.inputShape());
  }

  private static ComputationGraphConfiguration configuration(ModelCard card) {
    return ModelRegistry.configuration(
        new ModelSpec(
            card.name(), card.inputShape(), card.classes(), "cross-entropy", Map.of(), 0));
  }

  private static Map<String, Object> toJson(ModelCard card) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", card.name());
    json.put("family", card.family());
    json.put("task", card.task());
    json.put("parameters", card.parameters());
    json.put("multiply_adds", card.multiplyAdds());
    json.put("input_shape", card.inputShape().dimensions());
    json.put("classes", card.classes());
    json.put("paper", card.paper());
    json.put("stages", card.stages());
    return json;
  }

  private static String shape(List<? extends Number> shape) {
    return shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }
}
