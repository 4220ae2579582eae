package dev.sinter.api;

import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.config.RunConfig;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;

/** A network that a program gives, as the file that {@code model.configuration} names. */
final class GivenNetwork {
  private static final String CONFIGURATION = "model.configuration";
  private static final String NAME = "model.name";
  private static final String FILE = "/given-network.zip";

  private GivenNetwork() {}

  static void set(Settings settings) {
    settings.put(CONFIGURATION, settings.text("train.output") + FILE);
    if (settings.text(NAME).isEmpty()) {
      settings.put(NAME, "custom");
    }
  }

  static void write(ComputationGraph graph, RunConfig run, Configuration hadoop) {
    Path path = new Path(run.model().configuration().orElseThrow());
    try {
      AtomicFiles.write(
          path.getFileSystem(hadoop),
          path,
          stream -> ModelSerializer.writeModel(graph, stream, false));
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }
}
