package dev.sinter.trainer.pretrained;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.pretrained.ImportPlan;
import dev.sinter.model.pretrained.ImportReport;
import dev.sinter.model.pretrained.PretrainedStart;
import dev.sinter.model.pretrained.WeightExport;
import dev.sinter.model.pretrained.WeightFile;
import dev.sinter.model.pretrained.WeightFiles;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.checkpoint.StoredModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.zip.ZipFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;

/**
 * Starts a network from the weights of another one: a file of another library, a model of Sinter's
 * (a run directory, a checkpoint or a {@code model.zip}), or one that DL4J wrote.
 */
public final class PretrainedWeights {
  private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F'};

  private PretrainedWeights() {}

  /** A use of a file on local disk. */
  @FunctionalInterface
  public interface Use<T> {
    /** Uses the file, which is gone afterwards. */
    T of(java.nio.file.Path file) throws IOException;
  }

  /**
   * Writes weights over a network's initial ones. Nothing is written when the weights do not fit.
   *
   * @param uri of the weights, qualified
   * @param parameters the whole flat vector
   * @return what was loaded, adapted and left
   * @throws SinterException {@code WEIGHTS_NOT_FOUND}, {@code WEIGHTS_UNREADABLE}, {@code
   *     WEIGHTS_SHAPE_MISMATCH}, {@code WEIGHTS_OF_ANOTHER_NETWORK} and others
   */
  public static ImportReport load(
      String uri,
      Configuration hadoop,
      ModelSpec spec,
      ComputationGraphConfiguration configuration,
      FloatBuffer parameters) {
    String family =
        ModelRegistry.names().contains(spec.name()) ? ModelRegistry.card(spec.name()).family() : "";
    if (isDirectory(new Path(uri), hadoop)) {
      return apply(spec, family, configuration, stored(uri, hadoop, family), parameters);
    }
    return withLocal(
        uri,
        hadoop,
        file ->
            apply(
                spec,
                family,
                configuration,
                WeightFiles.format(file) == WeightFiles.Format.DL4J
                    ? ofDl4j(file, family, uri, hadoop)
                    : new WeightFile(uri, WeightFiles.read(file).tensors()),
                parameters));
  }

  /** Whether a file is Keras' HDF5, by its first bytes; false for what cannot be read. */
  public static boolean isKeras(String uri, Configuration hadoop) {
    Path path = new Path(uri);
    try (InputStream stream = path.getFileSystem(hadoop).open(path)) {
      return Arrays.equals(stream.readNBytes(HDF5.length), HDF5);
    } catch (IOException e) { // loading it will say why
      return false;
    }
  }

  private static ImportReport apply(
      ModelSpec spec,
      String family,
      ComputationGraphConfiguration configuration,
      WeightFile weights,
      FloatBuffer parameters) {
    ImportPlan plan = PretrainedStart.fit(spec.name(), family, configuration, weights);
    plan.writeTo(parameters);
    return plan.report();
  }

  private static WeightFile ofDl4j(
      java.nio.file.Path file, String family, String uri, Configuration hadoop) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      if (zip.getEntry("sinter.json") != null) {
        return stored(uri, hadoop, family);
      }
      Dl4jFile.Contents contents = Dl4jFile.read(zip, uri);
      return WeightFile.of(
          uri,
          WeightExport.toTorch(
              family, contents.configuration(), FloatBuffer.wrap(contents.parameters())));
    } catch (SinterException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // DL4J fails in many ways on what it cannot open
      throw WeightFile.unreadable(
          uri, "it is not a ComputationGraph that DL4J's ModelSerializer wrote: " + e, e);
    }
  }

  private static WeightFile stored(String uri, Configuration hadoop, String family) {
    StoredModel model = RunDirectory.readModel(uri, hadoop);
    try (var vector = model.parameters()) {
      FloatBuffer copy = FloatBuffer.allocate(Math.toIntExact(vector.length()));
      copy.put(vector.floats()).flip();
      return WeightFile.of(
          uri,
          WeightExport.toTorch(
              family, Dl4jFile.configuration(model.configurationJson(), uri), copy));
    }
  }

  /**
   * Brings a file of any file system to local disk.
   *
   * @throws SinterException {@code WEIGHTS_NOT_FOUND}; {@code WEIGHTS_UNREADABLE} for a folder
   */
  public static <T> T withLocal(String uri, Configuration hadoop, Use<T> use) {
    Path path = new Path(uri);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      if (!files.exists(path)) {
        throw new SinterException(
            ErrorCategory.DATA,
            "WEIGHTS_NOT_FOUND",
            "there is no " + uri,
            "Check the path; without a scheme it is on the default file system.");
      }
      if (files.getFileStatus(path).isDirectory()) {
        throw WeightFile.unreadable(uri, "it is a folder");
      }
      if ("file".equals(path.toUri().getScheme())) {
        return use.of(java.nio.file.Path.of(path.toUri().getPath()));
      }
      try (LocalCopy copy = LocalCopy.of(files, path)) {
        return copy.use(uri, use);
      }
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }

  private static boolean isDirectory(Path path, Configuration hadoop) {
    try {
      FileSystem files = path.getFileSystem(hadoop);
      return files.exists(path) && files.getFileStatus(path).isDirectory();
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }
}
