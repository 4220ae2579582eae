package dev.sinter.trainer.pretrained;

import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.WeightFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipFile;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;

/** Files that describe a network: DL4J's JSON, or a zip of DL4J's {@code ModelSerializer}. */
public final class NetworkFiles {
  private static final long JSON_LIMIT = 64L << 20;

  private NetworkFiles() {}

  /**
   * A network that a file describes.
   *
   * @param configuration DL4J's
   * @param parameters flat vector in DL4J's order; empty for JSON
   */
  public record Contents(
      ComputationGraphConfiguration configuration, Optional<float[]> parameters) {}

  /**
   * Reads a file of any file system.
   *
   * @throws SinterException {@code WEIGHTS_NOT_FOUND}, {@code WEIGHTS_UNREADABLE} and others
   */
  public static Contents read(String uri, Configuration hadoop) {
    return PretrainedWeights.withLocal(
        uri, hadoop, file -> isZip(file) ? ofZip(file, uri) : ofJson(file, uri));
  }

  private static boolean isZip(Path file) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] first = stream.readNBytes(2);
      return first.length == 2 && first[0] == 'P' && first[1] == 'K';
    }
  }

  private static Contents ofZip(Path file, String uri) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Dl4jFile.Contents contents = Dl4jFile.read(zip, uri);
      return new Contents(contents.configuration(), Optional.of(contents.parameters()));
    } catch (SinterException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // DL4J fails in many ways on what it cannot open
      throw WeightFile.unreadable(
          uri, "it is not a ComputationGraph that DL4J's ModelSerializer wrote: " + e, e);
    }
  }

  private static Contents ofJson(Path file, String uri) throws IOException {
    if (Files.size(file) > JSON_LIMIT) {
      throw WeightFile.unreadable(uri, "it has more than " + JSON_LIMIT + " bytes");
    }
    String json = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    return new Contents(Dl4jFile.configuration(json, uri), Optional.empty());
  }
}
