package dev.sinter.trainer.engine;

import dev.sinter.model.ModelSpec;
import dev.sinter.model.ParameterLayout;
import java.io.Serializable;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;

/**
 * What is broadcast to the workers: a network's spec and its DL4J configuration, unchanged during a
 * run.
 *
 * @param spec what the configuration was made from
 * @param configurationJson DL4J's JSON
 * @param layout where each tensor lies in the flat vector
 */
public record Network(ModelSpec spec, String configurationJson, ParameterLayout layout)
    implements Serializable {

  /** Wraps a configuration. */
  public static Network of(ModelSpec spec, ComputationGraphConfiguration configuration) {
    return new Network(spec, configuration.toJson(), ParameterLayout.of(configuration));
  }

  /** Parses the configuration. */
  public ComputationGraphConfiguration configuration() {
    return ComputationGraphConfiguration.fromJson(configurationJson);
  }
}
