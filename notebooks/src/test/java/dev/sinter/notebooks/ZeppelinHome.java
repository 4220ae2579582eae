package dev.sinter.notebooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * The folders of a Zeppelin installation, made of the jars of this module's class path: Zeppelin's
 * distribution is not on Maven Central.
 *
 * @param root of the installation
 */
record ZeppelinHome(Path root) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> SPARK_INTERPRETERS = Set.of("spark", "sql");

  /** Makes it. */
  static ZeppelinHome create(Path root) throws IOException {
    ZeppelinHome home = new ZeppelinHome(root);
    for (String folder : List.of("conf", "notebook", "logs", "run", "plugins", "local-repo")) {
      Files.createDirectories(root.resolve(folder));
    }
    home.writeWebApplication();
    home.copyScript("interpreter.sh", "bin/interpreter.sh");
    home.copyScript("spark-submit.sh", "spark/bin/spark-submit");
    home.installSpark();
    home.installMarkdown();
    return home;
  }

  Path sparkHome() {
    return root.resolve("spark");
  }

  /** The jars of Spark and Sinter: all of this class path but Zeppelin and the tests. */
  static String sparkClassPath() {
    return String.join(
        File.pathSeparator,
        classPath().filter(each -> !isZeppelin(each) && !each.endsWith("test-classes")).toList());
  }

  /** No page: the distribution's web application is on no Maven repository either. */
  private void writeWebApplication() throws IOException {
    Path web = Files.createDirectories(root.resolve("web/WEB-INF"));
    Files.writeString(web.resolve("web.xml"), "<web-app/>");
    Files.writeString(root.resolve("web/index.html"), "<html><body>REST only</body></html>");
  }

  private void copyScript(String resource, String to) throws IOException {
    Path script = root.resolve(to);
    Files.createDirectories(script.getParent());
    try (InputStream in = ZeppelinHome.class.getResourceAsStream(resource)) {
      Files.write(script, in.readAllBytes());
    }
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Zeppelin's settings name Python's and R's interpreters as well, whose jars are not here. */
  private void installSpark() throws IOException {
    Path folder = install("spark", "zeppelin-interpreter-shaded", "spark-interpreter", "spark-shims");
    link(folder, "spark3-shims");
    link(folder, "commons-lang-");
    ArrayNode kept = JSON.createArrayNode();
    for (JsonNode setting : settings(jar("spark-interpreter"))) {
      if (SPARK_INTERPRETERS.contains(setting.get("name").asText())) {
        kept.add(setting);
      }
    }
    JSON.writeValue(folder.resolve("interpreter-setting.json").toFile(), kept);
    writeBridge(Files.createDirectories(folder.resolve("scala-2.12")).resolve("bridge.jar"));
  }

  private void installMarkdown() throws IOException {
    Path folder = install("md", "zeppelin-interpreter-shaded", "zeppelin-markdown", "markdown4j");
    link(folder, "slf4j-api");
    JsonNode settings = settings(jar("zeppelin-markdown"));
    ObjectNode parser = (ObjectNode) settings.get(0).get("properties").get("markdown.parser.type");
    parser.put("defaultValue", "markdown4j");
    JSON.writeValue(folder.resolve("interpreter-setting.json").toFile(), settings);
  }

  private Path install(String interpreter, String... jars) throws IOException {
    Path folder = Files.createDirectories(root.resolve("interpreter").resolve(interpreter));
    for (String name : jars) {
      link(folder, name);
    }
    return folder;
  }

  private static void link(Path folder, String name) throws IOException {
    Path jar = jar(name);
    Files.createSymbolicLink(folder.resolve(jar.getFileName()), jar);
  }

  private static JsonNode settings(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile());
        InputStream in = file.getInputStream(file.getJarEntry("interpreter-setting.json"))) {
      return JSON.readTree(in);
    }
  }

  /** Where the interpreter looks for its bridge to Scala. */
  private static void writeBridge(Path jar) throws IOException {
    Path classes = Path.of(classPath().filter(e -> e.endsWith("test-classes")).findFirst().orElseThrow());
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes.resolve("org/apache/zeppelin/spark"))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        out.write(Files.readAllBytes(file));
        out.closeEntry();
      }
    }
  }

  private static Path jar(String name) {
    return classPath()
        .map(Path::of)
        .filter(path -> path.getFileName().toString().startsWith(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not on the class path"));
  }

  /** Told by the folder of the Maven repository. */
  private static boolean isZeppelin(String path) {
    return path.contains("org/apache/zeppelin/") || path.contains("markdown4j");
  }

  private static Stream<String> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator));
  }
}
