package dev.sinter.trainer.checkpoint;

import dev.sinter.model.ParameterLayout;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;

/**
 * A model read back: its configuration, weights and manifest.
 *
 * @param configurationJson DL4J's configuration
 * @param parameters the flat vector; whoever reads the model closes it
 * @param manifest where it comes from
 */
public record StoredModel(
    String configurationJson, FlatVector parameters, CheckpointManifest manifest) {

  /** The network, ready to be executed. */
  public Network network() {
    return new Network(
        manifest.model(),
        configurationJson,
        ParameterLayout.of(ComputationGraphConfiguration.fromJson(configurationJson)));
  }
}
