package dev.sinter.trainer.doctor;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.error.SinterException;
import dev.sinter.model.InputShape;
import dev.sinter.model.ModelCard;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.training.TrainingSettings;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The network that a run would train, as far as it is known before there is a dataset.
 *
 * @param network for its size
 * @param basis where the size is from, for people
 */
record PlannedNetwork(Network network, String basis) {

  static PlannedNetwork of(RunConfig run, Configuration hadoop) {
    Optional<DatasetManifest> dataset = dataset(run, hadoop);
    if (dataset.isPresent()) {
      return of(TrainingSettings.model(run, dataset.get()), "as prepared");
    }
    ModelCard card = ModelRegistry.card(run.model().name());
    InputShape own = card.inputShape();
    InputShape input =
        run.data()
            .size()
            .filter(size -> own.kind() == InputShape.Kind.IMAGE)
            .map(size -> InputShape.image(own.channels(), size[0], size[1]))
            .orElse(own);
    return of(
        new ModelSpec(
                card.name(),
                input,
                card.classes(),
                run.train().loss(),
                run.model().options(),
                run.train().seed())
            .withSkips(run.model().skips()),
        run.data().size().isPresent() ? "data.size" : "the network's own size, no dataset yet");
  }

  private static PlannedNetwork of(ModelSpec spec, String basis) {
    return new PlannedNetwork(Network.of(spec, ModelRegistry.configuration(spec)), basis);
  }

  /** The dataset of a run, if it is there and readable. */
  static Optional<DatasetManifest> dataset(RunConfig run, Configuration hadoop) {
    try {
      return Optional.of(
          DatasetManifest.read(new Path(Locations.qualified(run.data().output(), hadoop)), hadoop));
    } catch (SinterException e) {
      return Optional.empty(); // not prepared yet; what keeps it from being read is asked elsewhere
    }
  }
}
