package org.apache.zeppelin.spark;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkJobInfo;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.repl.SparkILoop;
import org.apache.spark.sql.SQLContext;
import org.apache.spark.sql.SparkSession;
import org.apache.zeppelin.interpreter.InterpreterContext;
import org.apache.zeppelin.interpreter.InterpreterGroup;
import org.apache.zeppelin.interpreter.InterpreterResult;
import org.apache.zeppelin.interpreter.ZeppelinContext;
import org.apache.zeppelin.interpreter.thrift.InterpreterCompletion;
import scala.Console;
import scala.Option;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction0;
import scala.tools.nsc.Settings;
import scala.tools.nsc.interpreter.IMain;
import scala.tools.nsc.interpreter.Results;

/**
 * The bridge to Scala that Zeppelin's {@code SparkInterpreter} looks for by this name, over Spark's
 * own shell. Zeppelin's is built for older Sparks and is not on Maven Central for Scala 2.12: this
 * one stands in for it in the tests, with the same constructor.
 */
public final class SparkScala212Interpreter extends AbstractSparkScalaInterpreter {
  private static final List<String> IMPORTS =
      List.of(
          "import org.apache.spark.SparkContext._",
          "import spark.implicits._",
          "import spark.sql",
          "import org.apache.spark.sql.functions._");

  private final SparkConf configuration;
  private final List<String> dependencies;
  private final Properties properties;
  private final InterpreterGroup group;
  private final URLClassLoader loader;
  private final ParagraphOutput output = new ParagraphOutput();
  private SparkILoop shell;
  private SparkSession session;
  private NoteContext context;

  /** Called by reflection, so its parameters are what they are there. */
  public SparkScala212Interpreter(
      SparkConf configuration,
      List<String> dependencies,
      Properties properties,
      InterpreterGroup group,
      URLClassLoader loader,
      File ignoredOutput) {
    this.configuration = configuration;
    this.dependencies = dependencies;
    this.properties = properties;
    this.group = group;
    this.loader = loader;
  }

  @Override
  public void open() {
    Path classes = temporaryFolder();
    shell = new SparkILoop(Option.empty(), new PrintWriter(output, true, StandardCharsets.UTF_8));
    shell.settings_$eq(settings(classes));
    shell.createInterpreter();
    interpreter().initializeSynchronous();
    configuration.set("spark.repl.class.outputDir", classes.toString());
    within(this::openSession);
  }

  private void openSession() {
    session = SparkSession.builder().config(configuration).getOrCreate();
    SparkShims shims = shims();
    shims.setupSparkListener(
        configuration.get("spark.master"), getSparkUrl(), InterpreterContext.get());
    int rows = Integer.parseInt(properties.getProperty("zeppelin.spark.maxResult", "1000"));
    context = new NoteContext(group.getInterpreterHookRegistry(), rows, shims);
    bind("spark", SparkSession.class, session);
    bind("sc", SparkContext.class, session.sparkContext());
    bind("sqlContext", SQLContext.class, session.sqlContext());
    bind("z", NoteContext.class, context);
    IMPORTS.forEach(line -> interpreter().interpret(line));
  }

  private SparkShims shims() {
    try {
      return SparkShims.getInstance(session.version(), properties, session);
    } catch (Exception e) { // Zeppelin declares no narrower one
      throw new IllegalStateException("Zeppelin knows no Spark " + session.version(), e);
    }
  }

  private Settings settings(Path classes) {
    Settings settings = new Settings();
    settings.processArguments(
        scalaList("-Yrepl-class-based", "-Yrepl-outdir", classes.toString(), "-usejavacp"), true);
    settings.embeddedDefaults(loader);
    String jars = configuration.get("spark.repl.local.jars", configuration.get("spark.jars", ""));
    String added =
        Stream.concat(Arrays.stream(jars.split(",")), dependencies.stream())
            .filter(each -> !each.isEmpty())
            .map(each -> each.startsWith("file:") ? URI.create(each).getPath() : each)
            .collect(Collectors.joining(File.pathSeparator));
    if (!added.isEmpty()) {
      settings.processArguments(scalaList("-classpath", added), true);
    }
    return settings;
  }

  @Override
  public InterpreterResult interpret(String code, InterpreterContext paragraph) {
    context.setInterpreterContext(paragraph);
    context.setGui(paragraph.getGui());
    context.setNoteGui(paragraph.getNoteGui());
    output.to(paragraph.out);
    PrintStream console = System.out;
    try (PrintStream printed = new PrintStream(output, true, StandardCharsets.UTF_8)) {
      System.setOut(printed);
      Results.Result[] result = new Results.Result[1];
      within(() -> result[0] = interpretInto(printed, code));
      return new InterpreterResult(codeOf(result[0]));
    } finally {
      System.setOut(console);
      output.toNobody();
    }
  }

  private Results.Result interpretInto(PrintStream printed, String code) {
    return Console.withOut(
        printed,
        new AbstractFunction0<Results.Result>() {
          @Override
          public Results.Result apply() {
            return Statements.of(code).interpret(interpreter()::interpret);
          }
        });
  }

  private static InterpreterResult.Code codeOf(Results.Result result) {
    if (result == Results.Success$.MODULE$) {
      return InterpreterResult.Code.SUCCESS;
    }
    return result == Results.Incomplete$.MODULE$
        ? InterpreterResult.Code.INCOMPLETE
        : InterpreterResult.Code.ERROR;
  }

  /** Spark looks for the classes of the notes in the loader of the thread. */
  private void within(Runnable action) {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(interpreter().classLoader());
    try {
      action.run();
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private void bind(String name, Class<?> type, Object value) {
    interpreter().bind(name, type.getCanonicalName(), value, scalaList("@transient"));
  }

  private IMain interpreter() {
    return shell.intp();
  }

  private static scala.collection.immutable.List<String> scalaList(String... values) {
    return JavaConverters.asScalaBuffer(Arrays.asList(values)).toList();
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("spark-repl");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public SparkContext getSparkContext() {
    return session.sparkContext();
  }

  @Override
  public SQLContext getSqlContext() {
    return session.sqlContext();
  }

  @Override
  public Object getSparkSession() {
    return session;
  }

  @Override
  public String getSparkUrl() {
    Option<String> url = session.sparkContext().uiWebUrl();
    return url.isDefined() ? url.get() : "";
  }

  @Override
  public ZeppelinContext getZeppelinContext() {
    return context;
  }

  /** Finished tasks of the paragraph's newest job, in percent. */
  @Override
  public int getProgress(String jobGroup, InterpreterContext paragraph) {
    int[] jobs = session.sparkContext().statusTracker().getJobIdsForGroup(jobGroup);
    Option<SparkJobInfo> job =
        Arrays.stream(jobs).max().stream()
            .mapToObj(id -> session.sparkContext().statusTracker().getJobInfo(id))
            .findFirst()
            .orElse(Option.empty());
    int tasks = 0;
    int done = 0;
    for (int stage : job.isDefined() ? job.get().stageIds() : new int[0]) {
      Option<SparkStageInfo> info = session.sparkContext().statusTracker().getStageInfo(stage);
      tasks += info.isDefined() ? info.get().numTasks() : 0;
      done += info.isDefined() ? info.get().numCompletedTasks() : 0;
    }
    return tasks == 0 ? 0 : 100 * done / tasks;
  }

  @Override
  public void close() {
    if (session != null) {
      session.stop();
    }
    if (shell != null) {
      shell.closeInterpreter();
    }
  }

  @Override
  public List<InterpreterCompletion> completion(
      String buffer, int cursor, InterpreterContext paragraph) {
    return List.of();
  }

  @Override
  public ClassLoader getScalaShellClassLoader() {
    return interpreter().classLoader();
  }
}
