package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import picocli.CommandLine;

/** The units of {@code cluster-configs/schedules}: each is well-formed, and its command exists. */
class ScheduleUnitsTest {
  private static final Path UNITS = Path.of("../cluster-configs/schedules");
  private static final String CONFIGURATION = "/opt/sinter/cluster-configs/schedules/xrays.yaml";
  private static final Pattern CRON_TIMES = Pattern.compile("(\\S+ \\S+ \\S+ \\S+ \\S+)");

  @TempDir Path folder;

  private static String text(String unit) throws IOException {
    return Files.readString(UNITS.resolve(unit));
  }

  /** Parses a command as Sinter's main class would, without running it. */
  private static CommandLine.ParseResult parsed(List<String> words) {
    CommandLine.ParseResult result =
        new CommandLine(Sinter.class).parseArgs(words.toArray(String[]::new));
    assertThat(result.errors()).isEmpty();
    return result.subcommand();
  }

  /** What follows {@code --} of the launcher. */
  private static CommandLine.ParseResult launched(String line) {
    List<String> words = Arrays.asList(line.strip().split("\\s+"));
    assertThat(words.get(0)).isEqualTo("/opt/sinter/sinter");
    int separator = words.indexOf("--");
    assertThat(separator).isPositive();
    requireSparkOptions(words.subList(1, separator));
    return parsed(words.subList(separator + 1, words.size()));
  }

  private static void requireSparkOptions(List<String> words) {
    for (int i = 0; i < words.size(); i += 2) {
      assertThat(words.get(i))
          .isIn("--master", "--deploy-mode", "--properties-file", "--conf", "--class", "--files");
    }
  }

  private static void requireRetrain(CommandLine.ParseResult command) {
    assertThat(command.commandSpec().name()).isEqualTo("retrain");
    assertThat(command.matchedPositionals()).hasSize(1);
  }

  @Test
  void theConfigurationIsValid() {
    RunConfig run = ConfigFile.read(UNITS.resolve("xrays.yaml"), Map.of());
    assertThat(run.retrain().registry()).contains("hdfs:///sinter/xrays/registry");
    assertThat(run.retrain().minNewSamples()).isEqualTo(200);
    assertThat(run.data().patientPattern()).isPresent();
  }

  @Test
  void cron() throws IOException {
    List<String> lines =
        text("cron/sinter-retrain")
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .toList();
    List<String> jobs = lines.stream().filter(line -> !line.matches("[A-Z_]+=.*")).toList();
    assertThat(jobs).hasSize(1);
    assertThat(jobs.get(0)).as("cron takes it as a new line").doesNotContain("%");
    Matcher job =
        Pattern.compile(CRON_TIMES + " (\\S+) out=\\$\\((.*) 2>&1\\) \\|\\| .*")
            .matcher(jobs.get(0));
    assertThat(job.matches()).isTrue();
    requireCronTimes(job.group(1));
    assertThat(job.group(2)).as("user").isEqualTo("sinter");
    requireRetrain(launched(job.group(3)));
    assertThat(job.group(3)).contains(CONFIGURATION);
  }

  /** Minute, hour, day, month, weekday. */
  private static void requireCronTimes(String times) {
    int[] most = {59, 23, 31, 12, 7};
    String[] fields = times.split(" ");
    IntStream.range(0, most.length)
        .filter(field -> !fields[field].equals("*"))
        .forEach(field -> assertThat(Integer.parseInt(fields[field])).isBetween(0, most[field]));
  }

  /** Section, key and values of a unit; systemd allows keys to be repeated. */
  private static Map<String, List<String>> unit(String name) throws IOException {
    Map<String, List<String>> keys = new TreeMap<>();
    String section = "";
    for (String line : text("systemd/" + name).lines().toList()) {
      if (line.matches("\\[\\w+]")) {
        section = line.substring(1, line.length() - 1);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        assertThat(line).matches("[A-Z]\\w+=.*");
        String[] parts = line.split("=", 2);
        keys.computeIfAbsent(section + "." + parts[0], key -> new ArrayList<>()).add(parts[1]);
      }
    }
    return keys;
  }

  @Test
  void systemd() throws IOException {
    Map<String, List<String>> service = unit("sinter-retrain.service");
    assertThat(service.get("Service.Type")).containsExactly("oneshot");
    requireRetrain(launched(service.get("Service.ExecStart").get(0)));
    assertThat(service.get("Service.ExecStart").get(0)).contains(CONFIGURATION);
    assertThat(service.get("Service.RestartPreventExitStatus")).containsExactly("2 3 5");
    Map<String, List<String>> timer = unit("sinter-retrain.timer");
    assertThat(timer.get("Timer.OnCalendar")).hasSize(1);
    assertThat(timer.get("Install.WantedBy")).containsExactly("timers.target");
  }

  /** systemd's own check, but for the program, which is not installed here. */
  @Test
  void systemdVerifies() throws Exception {
    assumeThat(onPath("systemd-analyze")).isTrue();
    for (String name : List.of("sinter-retrain.service", "sinter-retrain.timer")) {
      Files.writeString(
          folder.resolve(name),
          text("systemd/" + name).replace("ExecStart=/opt/sinter/sinter", "ExecStart=/bin/true"));
    }
    Process verify =
        new ProcessBuilder(
                "systemd-analyze",
                "verify",
                folder.resolve("sinter-retrain.service").toString(),
                folder.resolve("sinter-retrain.timer").toString())
            .redirectErrorStream(true)
            .start();
    String said =
        new String(verify.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(said).as("of these units").doesNotContain("sinter-retrain");
    verify.waitFor();
  }

  @Test
  void airflow() throws Exception {
    String dag = text("airflow/sinter_retrain.py");
    Map<String, String> constants = new TreeMap<>();
    Matcher constant = Pattern.compile("(?m)^([A-Z]+) = \"(.*)\"$").matcher(dag);
    while (constant.find()) {
      constants.put(constant.group(1), constant.group(2));
    }
    List<CommandLine.ParseResult> commands = new ArrayList<>();
    Matcher command = Pattern.compile("bash_command=f\"(.*)\"").matcher(dag);
    while (command.find()) {
      String line = command.group(1);
      for (Map.Entry<String, String> entry : constants.entrySet()) {
        line = line.replace("{" + entry.getKey() + "}", entry.getValue());
      }
      commands.add(launched(line));
    }
    assertThat(commands).hasSize(2);
    requireRetrain(commands.get(0));
    assertThat(constants.get("CONFIG")).isEqualTo(CONFIGURATION);
    assertThat(commands.get(1).commandSpec().name()).isEqualTo("models");
    assertThat(dag).contains("max_active_runs=1", "catchup=False", "retrain >> versions");
    requireCronTimes(
        Pattern.compile("schedule=\"" + CRON_TIMES + "\"")
            .matcher(dag)
            .results()
            .findFirst()
            .orElseThrow()
            .group(1));
  }

  @Test
  void airflowIsPython() throws Exception {
    assumeThat(onPath("python3")).isTrue();
    Process python =
        new ProcessBuilder(
                "python3",
                "-c",
                "import ast, sys; ast.parse(open(sys.argv[1]).read())",
                UNITS.resolve("airflow/sinter_retrain.py").toString())
            .redirectErrorStream(true)
            .start();
    String said =
        new String(python.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(python.waitFor()).as(said).isZero();
  }

  @Test
  void oozie() throws Exception {
    Document workflow = xml("oozie/workflow.xml");
    assertThat(workflow.getDocumentElement().getTagName()).isEqualTo("workflow-app");
    List<String> nodes = new ArrayList<>();
    for (String kind : List.of("action", "kill", "end")) {
      elements(workflow, kind).forEach(element -> nodes.add(element.getAttribute("name")));
    }
    for (String edge : List.of("start", "ok", "error")) {
      elements(workflow, edge)
          .forEach(element -> assertThat(nodes).contains(element.getAttribute("to")));
    }
    assertThat(only(workflow, "class")).isEqualTo(Sinter.class.getName());
    requireSparkOptions(Arrays.asList(only(workflow, "spark-opts").split("\\s+")));
    requireRetrain(
        parsed(elements(workflow, "arg").stream().map(Element::getTextContent).toList()));

    Document coordinator = xml("oozie/coordinator.xml");
    requireCronTimes(coordinator.getDocumentElement().getAttribute("frequency"));
    assertThat(only(coordinator, "concurrency")).isEqualTo("1");
    Properties job = new Properties();
    job.load(new StringReader(text("oozie/job.properties")));
    List<String> passed =
        elements(coordinator, "name").stream().map(Element::getTextContent).toList();
    Matcher variable =
        Pattern.compile("\\$\\{(\\w+)}").matcher(text("oozie/coordinator.xml") + job.values());
    while (variable.find()) {
      assertThat(job.stringPropertyNames()).contains(variable.group(1));
    }
    variable =
        Pattern.compile("\\$\\{(\\w+)}").matcher(withoutComments(text("oozie/workflow.xml")));
    while (variable.find()) {
      assertThat(passed).contains(variable.group(1));
    }
    assertThat(job.getProperty("oozie.coord.application.path")).endsWith("/coordinator.xml");
  }

  private static String withoutComments(String xml) {
    return xml.replaceAll("(?s)<!--.*?-->", "");
  }

  private static Document xml(String unit) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory.newDocumentBuilder().parse(UNITS.resolve(unit).toFile());
  }

  private static List<Element> elements(Document document, String tag) {
    var found = document.getElementsByTagName(tag);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  private static String only(Document document, String tag) {
    List<Element> found = elements(document, tag);
    assertThat(found).as(tag).hasSize(1);
    return found.get(0).getTextContent();
  }

  @Test
  void kubernetes() throws IOException {
    JsonNode job = new ObjectMapper(new YAMLFactory()).readTree(text("kubernetes/cronjob.yml"));
    assertThat(job.get("apiVersion").asText()).isEqualTo("batch/v1");
    assertThat(job.get("kind").asText()).isEqualTo("CronJob");
    requireCronTimes(job.at("/spec/schedule").asText());
    assertThat(job.at("/spec/concurrencyPolicy").asText()).isEqualTo("Forbid");
    JsonNode pod = job.at("/spec/jobTemplate/spec/template/spec");
    assertThat(pod.get("restartPolicy").asText()).as("with a podFailurePolicy").isEqualTo("Never");
    JsonNode container = pod.at("/containers/0");
    assertThat(job.at("/spec/jobTemplate/spec/podFailurePolicy/rules/0/onExitCodes/containerName"))
        .isEqualTo(container.get("name"));
    assertThat(container.at("/command/0").asText()).isEqualTo("/opt/spark/bin/spark-submit");
    List<String> words = new ArrayList<>();
    container.get("args").forEach(word -> words.add(word.asText()));
    int jar = words.indexOf("/opt/sinter/sinter.jar");
    requireSparkOptions(words.subList(0, jar));
    assertThat(words.subList(0, jar)).contains(Sinter.class.getName());
    requireRetrain(parsed(words.subList(jar + 1, words.size())));
    List<String> volumes = pod.get("volumes").findValuesAsText("name");
    container
        .get("volumeMounts")
        .forEach(mount -> assertThat(volumes).contains(mount.get("name").asText()));
    List<String> variables = container.get("env").findValuesAsText("name");
    Matcher variable = Pattern.compile("\\$\\((\\w+)\\)").matcher(String.join(" ", words));
    while (variable.find()) {
      assertThat(variables).contains(variable.group(1));
    }
  }

  private static boolean onPath(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
