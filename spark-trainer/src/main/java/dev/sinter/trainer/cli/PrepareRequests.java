package dev.sinter.trainer.cli;

import dev.sinter.dataset.PrepareRequest;
import dev.sinter.dataset.SplitRatios;
import dev.sinter.dataset.Task;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.config.DataConfig;
import dev.sinter.trainer.config.Locations;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;

/** Turns the {@code data} keys into a request to the dataset stage. */
final class PrepareRequests {
  private PrepareRequests() {}

  static PrepareRequest of(DataConfig data, Configuration hadoop) {
    if (data.input().isEmpty()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "INPUT_MISSING",
          "data.input is not set, so there is nothing to prepare",
          "set data.input to the folder of the images");
    }
    Task task =
        Arrays.stream(Task.values())
            .filter(one -> one.key().equals(data.task()))
            .findFirst()
            .orElseThrow();
    DataConfig.SplitConfig split = data.split();
    PrepareRequest request =
        PrepareRequest.of(
                Locations.qualified(data.input(), hadoop),
                Locations.qualified(data.output(), hadoop),
                task)
            .withMasks(data.masks().map(masks -> Locations.qualified(masks, hadoop)).orElse(""))
            .withMaskNames(data.classNames())
            .withSplit(new SplitRatios(split.train(), split.val(), split.test(), split.seed()))
            .withFit(data.fit().equals("auto") ? "" : data.fit())
            .withMaxRejected(data.maxRejected())
            .withPatientPattern(data.patientPattern().orElse(""));
    return data.size().map(size -> request.withSize(size[0], size[1])).orElse(request);
  }
}
