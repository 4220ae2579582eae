package dev.sinter.trainer.run;

import dev.sinter.dataset.BurnedIn;
import dev.sinter.dataset.CollectionPlan;
import dev.sinter.dataset.Fold;
import dev.sinter.dataset.ManifestColumns;
import dev.sinter.dataset.PrepareRequest;
import dev.sinter.dataset.SaltFile;
import dev.sinter.dataset.SplitRatios;
import dev.sinter.dataset.Task;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.config.CollectionConfig;
import dev.sinter.trainer.config.DataConfig;
import dev.sinter.trainer.config.Locations;
import java.util.Arrays;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;

/** Turns the {@code data} keys into a request to the dataset stage. */
public final class PrepareRequests {
  private PrepareRequests() {}

  public static PrepareRequest of(DataConfig data, Configuration hadoop) {
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
            .withPatientPattern(data.patientPattern().orElse(""))
            .withSliceAxis(data.sampling().sliceAxis())
            .withSampling(data.sampling().sampling())
            .withCollection(collection(data.collection(), hadoop));
    PrepareRequest sized =
        data.size().map(size -> request.withSize(size[0], size[1])).orElse(request);
    return data.collection()
        .saltFile()
        .map(file -> sized.withSalt(SaltFile.read(Locations.qualified(file, hadoop), hadoop)))
        .orElse(sized);
  }

  private static CollectionPlan collection(CollectionConfig config, Configuration hadoop) {
    CollectionConfig.ColumnsConfig columns = config.columns();
    ManifestColumns manifest =
        config
            .manifest()
            .map(
                uri ->
                    new ManifestColumns(
                        Locations.qualified(uri, hadoop),
                        columns.file(),
                        columns.label().orElse(""),
                        columns.labels(),
                        columns.mask().orElse(""),
                        columns.patient().orElse(""),
                        columns.split().orElse("")))
            .orElse(ManifestColumns.NONE);
    return new CollectionPlan(
        manifest,
        Fold.parse(config.fold().orElse("")),
        BurnedIn.valueOf(config.burnedIn().toUpperCase(Locale.ROOT)));
  }
}
