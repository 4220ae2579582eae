package dev.sinter.trainer.cli;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.InputShape;
import dev.sinter.model.ModelCard;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.pretrained.GenericNetwork;
import dev.sinter.model.pretrained.GenericNetworks;
import dev.sinter.model.pretrained.ImportReport;
import dev.sinter.trainer.checkpoint.ImportedModels;
import dev.sinter.trainer.checkpoint.Sha256;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.pretrained.PretrainedWeights;
import dev.sinter.trainer.run.Console;
import dev.sinter.trainer.run.TrainingRun;
import dev.sinter.trainer.run.Versions;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sinter import --weights FILE [--model NAME] --output URI}. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description =
        "Makes a model.zip of weights from elsewhere: safetensors or torch state dicts in"
            + " torchvision's naming, Keras HDF5, ONNX, DL4J.")
final class ImportCommand implements Callable<Integer> {
  private static final int SHOWN = 8;
  private static final String LAYOUT = "layout";

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "FILE",
      description = "the weights, on any file system")
  private String weights;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description =
          "the network that they are of, as `sinter models` lists it; without it, the network that"
              + " the file describes")
  private String model;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "the model.zip to be written")
  private String output;

  @Option(names = "--classes", paramLabel = "N", description = "classes (default: the network's)")
  private Integer classes;

  @Option(
      names = "--channels",
      paramLabel = "N",
      description = "input channels (default: the network's)")
  private Integer channels;

  @Option(
      names = "--size",
      paramLabel = "HEIGHTxWIDTH",
      description = "size of the input (default: the network's)")
  private String size;

  @Option(
      names = "--option",
      paramLabel = "KEY=VALUE",
      description = "an option of the network's family, as under model.options")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "seeds what the file does not give (default 1)")
  private long seed;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    Console console = common.console();
    Configuration hadoop = new Configuration();
    String source = Locations.qualified(weights, hadoop);
    Path target = new Path(Locations.qualified(output, hadoop));
    requireModelForItsOptions();
    FileSystem files = OutputFile.free(target, hadoop);
    Imported imported = model == null ? generic(source, hadoop) : registered(source, hadoop);
    try (FlatVector parameters = imported.parameters()) {
      write(files, target, imported);
      print(console, imported, target);
      JsonOutput.write(common.json(), json(imported, Sha256.of(parameters), target));
    }
    return 0;
  }

  /** A file that describes its network says all that these options say. */
  private void requireModelForItsOptions() {
    List<String> idle = new ArrayList<>();
    if (classes != null) {
      idle.add("--classes");
    }
    if (channels != null) {
      idle.add("--channels");
    }
    if (size != null) {
      idle.add("--size");
    }
    if (!options.isEmpty()) {
      idle.add("--option");
    }
    if (model == null && !idle.isEmpty()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "USAGE",
          String.join(", ", idle) + " without --model: the network is the one in the file",
          "name a network with --model (see `sinter models`), or leave "
              + String.join(", ", idle)
              + " out");
    }
  }

  private record Imported(Network network, FlatVector parameters, ImportReport report) {}

  private Imported registered(String source, Configuration hadoop) {
    ModelCard card = ModelRegistry.card(model);
    ModelSpec spec =
        new ModelSpec(
            model,
            input(card),
            classes == null ? card.classes() : classes,
            "cross-entropy",
            optionsOf(card, source, hadoop),
            seed);
    ComputationGraphConfiguration configuration = ModelRegistry.configuration(spec);
    ComputationGraph graph = new ComputationGraph(configuration.clone());
    graph.init();
    FlatVector parameters = FlatVector.ofFloats(graph.numParams());
    try {
      FloatBuffer initial = graph.params().data().asNioFloat();
      parameters.floats().put(0, initial, 0, Math.toIntExact(parameters.length()));
      ImportReport report =
          PretrainedWeights.load(source, hadoop, spec, configuration, parameters.floats());
      return new Imported(Network.of(spec, configuration), parameters, report);
    } catch (RuntimeException e) {
      parameters.close();
      throw e;
    }
  }

  /** The options that were given; a Keras file says by itself that its layout is Keras'. */
  private Map<String, Object> optionsOf(ModelCard card, String source, Configuration hadoop) {
    Map<String, Object> all = new LinkedHashMap<>(options);
    boolean hasLayout = card.options().stream().anyMatch(option -> option.name().equals(LAYOUT));
    if (hasLayout && !all.containsKey(LAYOUT) && PretrainedWeights.isKeras(source, hadoop)) {
      all.put(LAYOUT, "keras");
    }
    return all;
  }

  private Imported generic(String source, Configuration hadoop) {
    GenericNetwork network =
        PretrainedWeights.withLocal(source, hadoop, file -> GenericNetworks.read(file));
    FlatVector parameters = FlatVector.ofFloats(network.parameters().length);
    parameters.floats().put(network.parameters());
    return new Imported(
        Network.of(network.spec(seed), network.configuration()), parameters, network.report());
  }

  /** The card's shape, with the channels and sides that were given. */
  private InputShape input(ModelCard card) {
    List<Integer> dimensions = new ArrayList<>(card.inputShape().dimensions());
    if (channels != null) {
      dimensions.set(0, channels);
    }
    if (size != null) {
      String[] sides = size.split("x", -1);
      if (!size.matches("[1-9]\\d{0,5}(x[1-9]\\d{0,5})*")
          || sides.length != dimensions.size() - 1) {
        throw new SinterException(
            ErrorCategory.USAGE,
            "USAGE",
            "--size " + size + " is not the size of " + card.inputShape().kind().plural(),
            "give whole numbers, such as 224x224 for the height and width of images");
      }
      for (int i = 0; i < sides.length; i++) {
        dimensions.set(i + 1, Integer.parseInt(sides[i]));
      }
    }
    return new InputShape(dimensions);
  }

  private static void write(FileSystem files, Path target, Imported imported) {
    ImportedModels.write(
        files,
        target,
        imported.network().spec(),
        imported.network().configurationJson(),
        imported.parameters(),
        Versions.all());
  }

  private static void print(Console console, Imported imported, Path target) {
    ImportReport report = imported.report();
    console.line(
        "imported %s: %d tensors loaded, %d adapted, %d left random, %d of the file unused",
        imported.network().spec().name(),
        report.loaded().size(),
        report.adapted().size(),
        report.random().size(),
        report.unused().size());
    imported
        .network()
        .spec()
        .options()
        .forEach((key, value) -> console.line("  option   %s: %s", key, value));
    printList(console, "adapted", report.adapted());
    printList(console, "random ", report.random());
    printList(console, "unused ", report.unused());
    console.line("model      %s", TrainingRun.displayed(target));
  }

  private static void printList(Console console, String title, List<String> names) {
    for (String name : names.subList(0, Math.min(SHOWN, names.size()))) {
      console.line("  %s  %s", title, name);
    }
    if (names.size() > SHOWN) {
      console.line("  %s  and %d more (--json lists all)", title, names.size() - SHOWN);
    }
  }

  private static Map<String, Object> json(Imported imported, String hash, Path target) {
    ImportReport report = imported.report();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", imported.network().spec().name());
    json.put("options", imported.network().spec().options());
    json.put("output", target.toString());
    json.put("parameters_sha256", hash);
    json.put("loaded", report.loaded());
    json.put("adapted", report.adapted());
    json.put("random", report.random());
    json.put("unused", report.unused());
    return json;
  }
}
