package dev.sinter.trainer.cli;

import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.pretrained.SafetensorsFile;
import dev.sinter.model.pretrained.WeightExport;
import dev.sinter.model.pretrained.onnx.OnnxExport;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.checkpoint.ImportedModels;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.checkpoint.StoredModel;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.run.Console;
import dev.sinter.trainer.run.TrainingRun;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sinter export --model URI --format onnx|safetensors|dl4j --output URI}. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Writes a model for other programs: ONNX (opset 13), safetensors in torchvision's naming,"
            + " or a zip for DL4J.")
final class ExportCommand implements Callable<Integer> {
  /** What can be written. */
  enum Format {
    onnx,
    safetensors,
    dl4j
  }

  @Option(
      names = "--model",
      required = true,
      paramLabel = "URI",
      description =
          "a run directory (its best checkpoint), a checkpoint, a registry (its champion) or a model.zip")
  private String model;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description = "onnx, safetensors or dl4j")
  private Format format;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "the file to be written")
  private String output;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    Console console = common.console();
    Configuration hadoop = new Configuration();
    Path target = new Path(Locations.qualified(output, hadoop));
    FileSystem files = OutputFile.free(target, hadoop);
    StoredModel stored = RunDirectory.readModel(Locations.qualified(model, hadoop), hadoop);
    try (var vector = stored.parameters()) {
      if (format == Format.dl4j) {
        ImportedModels.copy(files, target, stored);
      } else {
        AtomicFiles.write(files, target, stream -> write(stored, vector.floats(), stream));
      }
    }
    console.line("exported %s", TrainingRun.displayed(target));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", stored.manifest().model().name());
    json.put("format", format.name());
    json.put("output", target.toString());
    json.put("parameters_sha256", stored.manifest().parametersSha256());
    JsonOutput.write(common.json(), json);
    return 0;
  }

  private void write(StoredModel stored, FloatBuffer parameters, java.io.OutputStream stream)
      throws IOException {
    ModelSpec spec = stored.manifest().model();
    String family =
        ModelRegistry.names().contains(spec.name()) ? ModelRegistry.card(spec.name()).family() : "";
    ComputationGraphConfiguration configuration =
        ComputationGraphConfiguration.fromJson(stored.configurationJson());
    if (format == Format.safetensors) {
      SafetensorsFile.write(WeightExport.toTorch(family, configuration, parameters), stream);
    } else {
      OnnxExport.write(
          spec.name(), family, configuration, spec.input().inputType(), parameters, stream);
    }
  }
}
