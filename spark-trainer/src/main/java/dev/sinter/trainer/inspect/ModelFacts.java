package dev.sinter.trainer.inspect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sinter.model.pretrained.WeightFile;
import dev.sinter.model.pretrained.WeightFiles;
import dev.sinter.model.pretrained.WeightTensor;
import dev.sinter.trainer.checkpoint.CheckpointManifest;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.checkpoint.StoredModel;
import dev.sinter.trainer.pretrained.PretrainedWeights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** The keys of a checkpoint and of a file of weights. */
final class ModelFacts {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ModelFacts() {}

  static Map<String, Object> ofCheckpoint(String uri, Configuration configuration) {
    StoredModel stored = RunDirectory.readModel(uri, configuration);
    try (var parameters = stored.parameters()) {
      CheckpointManifest manifest = stored.manifest();
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("format", "sinter-checkpoint");
      facts.put("model", manifest.model().name());
      facts.put("input_shape", manifest.model().input().dimensions());
      facts.put("classes", manifest.model().classes());
      facts.put("step", manifest.step());
      facts.put("epoch", manifest.epoch());
      facts.put("parameters", parameters.length());
      facts.put("parameters_sha256", manifest.parametersSha256());
      facts.put("engine", manifest.run().settings().get("engine.name"));
      facts.put("manifest", JSON.readTree(manifest.toJson()));
      return facts;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static Map<String, Object> ofWeights(String uri, Configuration configuration) {
    return PretrainedWeights.withLocal(
        uri,
        configuration,
        file -> {
          WeightFiles.Format format = WeightFiles.format(file);
          if (format == WeightFiles.Format.DL4J) {
            return ofCheckpoint(uri, configuration);
          }
          WeightFile weights = WeightFiles.read(file);
          List<Map<String, Object>> tensors = new ArrayList<>();
          long parameters = 0;
          for (WeightTensor tensor : weights.tensors().values()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", tensor.name());
            entry.put("shape", tensor.shape());
            entry.put("dtype", tensor.type().name().toLowerCase(Locale.ROOT));
            tensors.add(entry);
            parameters += tensor.length();
          }
          Map<String, Object> facts = new LinkedHashMap<>();
          facts.put("format", format.name().toLowerCase(Locale.ROOT));
          facts.put("parameters", parameters);
          facts.put("tensors", tensors);
          return facts;
        });
  }
}
