package dev.sinter.notebooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Zeppelin's server in a process of its own, spoken to over REST. */
final class ZeppelinServer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration PARAGRAPH = Duration.ofMinutes(10);
  private static final List<String> OPENED =
      List.of("java.lang", "java.util", "java.nio", "java.net", "java.io");

  private final Process process;
  private final Path log;
  private final String address;
  private final HttpClient client = HttpClient.newHttpClient();

  private ZeppelinServer(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.address = "http://127.0.0.1:" + port + "/api";
  }

  /**
   * Starts it and waits until it answers.
   *
   * @param classPath of the server
   * @param sparkOptions of the JVM of the Spark interpreter
   */
  static ZeppelinServer start(ZeppelinHome home, String classPath, String sparkOptions)
      throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    int port = freePort();
    Path log = home.root().resolve("logs/server.log");
    List<String> command = new ArrayList<>(List.of(java, "-Xmx512m"));
    OPENED.forEach(name -> command.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
    Path web = home.root().resolve("web");
    command.add("-Dzeppelin.war=" + web);
    command.add("-Dzeppelin.angular.war=" + web);
    command.addAll(List.of("-cp", home.root().resolve("conf") + ":" + classPath));
    command.add("org.apache.zeppelin.server.ZeppelinServer");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(
            Map.ofEntries(
                Map.entry("ZEPPELIN_HOME", home.root().toString()),
                Map.entry("ZEPPELIN_CONF_DIR", home.root().resolve("conf").toString()),
                Map.entry("ZEPPELIN_NOTEBOOK_DIR", home.root().resolve("notebook").toString()),
                Map.entry("ZEPPELIN_WAR", web.toString()),
                Map.entry("ZEPPELIN_ANGULAR_WAR", web.toString()),
                Map.entry("ZEPPELIN_ADDR", "127.0.0.1"),
                Map.entry("ZEPPELIN_LOCAL_IP", "127.0.0.1"),
                Map.entry("ZEPPELIN_PORT", Integer.toString(port)),
                // Without a name it reads standard input, and ends where that ends.
                Map.entry("ZEPPELIN_IDENT_STRING", "tests"),
                Map.entry("ZEPPELIN_INTERPRETER_CONNECT_TIMEOUT", "300000"),
                Map.entry("SPARK_HOME", home.sparkHome().toString()),
                Map.entry("SPARK_MASTER", "local[2]"),
                Map.entry("SPARK_LOCAL_IP", "127.0.0.1"),
                Map.entry("SPARK_CLASS_PATH", ZeppelinHome.sparkClassPath()),
                Map.entry("INTERPRETER_JAVA", java),
                Map.entry("INTERPRETER_OPTIONS", sparkOptions)));
    builder.directory(home.root().toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
    ZeppelinServer server = new ZeppelinServer(builder.start(), log, port);
    server.waitUntilUp();
    return server;
  }

  private void waitUntilUp() throws IOException, InterruptedException {
    Instant deadline = Instant.now().plus(START);
    while (Instant.now().isBefore(deadline)) {
      try {
        call("GET", "/version", "");
        return;
      } catch (ConnectException e) {
        if (process.waitFor(200, TimeUnit.MILLISECONDS)) {
          break;
        }
      }
    }
    String end = Files.readString(log);
    stop();
    throw new AssertionError("Zeppelin's server did not start:\n" + end);
  }

  /** What the server calls itself. */
  String version() throws IOException, InterruptedException {
    return call("GET", "/version", "").get("body").get("version").asText();
  }

  /**
   * Imports a note and runs every paragraph, to its end or the first that fails.
   *
   * @param settings of the Spark interpreter, which a paragraph of its own sets
   * @return results of the note's own paragraphs that ran
   */
  List<ParagraphResult> run(Path file, Map<String, String> settings)
      throws IOException, InterruptedException {
    ObjectNode note = (ObjectNode) JSON.readTree(file.toFile());
    String first =
        settings.entrySet().stream()
            .map(setting -> setting.getKey() + " " + setting.getValue() + "\n")
            .collect(Collectors.joining("", "%spark.conf\n", ""));
    note.withArray("paragraphs").insertObject(0).put("text", first);
    note.remove("id");
    String id = call("POST", "/notebook/import", note.toString()).get("body").asText();
    List<ParagraphResult> results = new ArrayList<>();
    for (JsonNode paragraph : call("GET", "/notebook/" + id, "").get("body").get("paragraphs")) {
      results.add(run(id, paragraph.get("id").asText()));
      if (!results.get(results.size() - 1).isSuccess()) {
        break;
      }
    }
    return List.copyOf(results);
  }

  private ParagraphResult run(String note, String id) throws IOException, InterruptedException {
    call("POST", "/notebook/run/" + note + "/" + id, "{}");
    JsonNode ran = call("GET", "/notebook/" + note + "/paragraph/" + id, "").get("body");
    List<Output> outputs = new ArrayList<>();
    for (JsonNode message : ran.path("results").path("msg")) {
      outputs.add(new Output(message.get("type").asText(), message.get("data").asText()));
    }
    Paragraph paragraph = Paragraph.of(ran.path("title").asText(""), id, ran.get("text").asText());
    return new ParagraphResult(paragraph, ran.get("status").asText(), List.copyOf(outputs));
  }

  /** A paragraph that failed is answered with an error, and asked for afterwards all the same. */
  private JsonNode call(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path))
            .timeout(PARAGRAPH)
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    return JSON.readTree(client.send(request, BodyHandlers.ofString()).body());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Ends the server and the processes of its interpreters. */
  void stop() throws InterruptedException {
    List<ProcessHandle> interpreters = process.descendants().toList();
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    interpreters.forEach(ProcessHandle::destroyForcibly);
  }
}
