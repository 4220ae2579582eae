package dev.sinter.trainer.cli;

import dev.sinter.dataset.BurnedIn;
import dev.sinter.dataset.PrepareRequest;
import dev.sinter.dataset.SaltFile;
import dev.sinter.dataset.SeriesAssembly;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.run.Console;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sinter volumes --input URI --output URI}. */
@Command(
    name = "volumes",
    mixinStandardHelpOptions = true,
    description =
        "Makes a NIfTI volume of each DICOM series, slices sorted by where they lie in the patient;"
            + " names are salted hashes.")
final class VolumesCommand implements Callable<Integer> {
  @Option(
      names = "--input",
      required = true,
      paramLabel = "URI",
      description = "a folder of DICOM files, in folders of any kind")
  private String input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "a new or empty folder")
  private String output;

  @Option(
      names = "--salt-file",
      paramLabel = "URI",
      description =
          "a file with the salt of the hashes, as data.salt-file (default: SINTER_SALT of the"
              + " environment)")
  private String saltFile;

  @Option(
      names = "--burned-in",
      defaultValue = "reject",
      paramLabel = "reject|warn",
      description =
          "what becomes of files that say that their pixels show text (default: ${DEFAULT-VALUE})")
  private String burnedIn;

  @Mixin private CommonOptions common;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Console console = common.console();
    BurnedIn policy = policy();
    try (SparkSession spark = SparkSessions.open("sinter volumes")) {
      Configuration hadoop = spark.sparkContext().hadoopConfiguration();
      String salt =
          saltFile == null
              ? PrepareRequest.defaultSalt()
              : SaltFile.read(Locations.qualified(saltFile, hadoop), hadoop);
      if (PrepareRequest.isPublic(salt)) {
        console.line(
            "warning: patients are hashed without a secret, so whoever can guess a name can confirm"
                + " it; before data leave the site, give --salt-file, a file made with: openssl"
                + " rand -hex 32");
      }
      SeriesAssembly.Outcome outcome =
          SeriesAssembly.run(
              spark,
              new SeriesAssembly.Request(
                  Locations.qualified(input, hadoop),
                  Locations.qualified(output, hadoop),
                  salt,
                  policy));
      console.line(
          "%,d volumes of %,d slices: %s", outcome.volumes(), outcome.slices(), outcome.output());
      if (outcome.rejectedFiles() + outcome.rejectedVolumes() > 0) {
        console.line(
            "  %,d files and %,d series were not taken; %s/rejected.jsonl says why",
            outcome.rejectedFiles(), outcome.rejectedVolumes(), outcome.output());
      }
      JsonOutput.write(common.json(), outcome);
    }
    return 0;
  }

  private BurnedIn policy() {
    return switch (burnedIn) {
      case "reject" -> BurnedIn.REJECT;
      case "warn" -> BurnedIn.WARN;
      default ->
          throw new ParameterException(
              spec.commandLine(), "--burned-in has to be reject or warn, not " + burnedIn);
    };
  }
}
