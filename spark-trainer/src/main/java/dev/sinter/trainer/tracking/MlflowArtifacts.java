package dev.sinter.trainer.tracking;

import dev.sinter.trainer.checkpoint.AtomicFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Puts small files where MLflow's server keeps a run's artifacts. Its Java client would call
 * MLflow's Python program for that, which is not there where Spark runs.
 */
final class MlflowArtifacts {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String THROUGH_SERVER = "mlflow-artifacts";
  private static final Set<String> HADOOP = Set.of("hdfs", "s3a", "gs", "abfs", "abfss", "wasbs");

  private final MlflowServer server;
  private final URI target;
  private final Configuration hadoop;

  /**
   * The artifacts of a run.
   *
   * @param target the run's artifact URI, as the server gives it
   */
  MlflowArtifacts(MlflowServer server, String target, Configuration hadoop) {
    this.server = server;
    this.target = URI.create(target);
    this.hadoop = hadoop;
  }

  /**
   * Puts a file, unless the artifacts are on a disk that only the server has.
   *
   * @return whether it is there
   */
  boolean put(String name, byte[] content) throws IOException {
    String scheme = String.valueOf(target.getScheme());
    if (scheme.equals(THROUGH_SERVER)) {
      send(name, content);
      return true;
    }
    String known = scheme.equals("s3") ? "s3a" : scheme;
    if (HADOOP.contains(known)) {
      Path path = new Path(known + target.toString().substring(scheme.length()) + "/" + name);
      AtomicFiles.write(path.getFileSystem(hadoop), path, stream -> stream.write(content));
      return true;
    }
    return false;
  }

  private void send(String name, byte[] content) throws IOException {
    URI uri =
        URI.create(
            server.shown()
                + "/api/2.0/mlflow-artifacts/artifacts"
                + target.getRawPath()
                + "/"
                + name);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(PATIENCE)
            .PUT(HttpRequest.BodyPublishers.ofByteArray(content));
    server.authorization().ifPresent(value -> request.header("Authorization", value));
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    try {
      HttpResponse<Void> response =
          client.send(request.build(), HttpResponse.BodyHandlers.discarding());
      if (response.statusCode() / 100 != 2) {
        throw new IOException("the server answered " + response.statusCode() + " to " + name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while sending " + name, e);
    }
  }
}
