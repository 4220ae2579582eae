package dev.sinter.notebooks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.zeppelin.display.GUI;
import org.apache.zeppelin.interpreter.Interpreter;
import org.apache.zeppelin.interpreter.InterpreterContext;
import org.apache.zeppelin.interpreter.InterpreterException;
import org.apache.zeppelin.interpreter.InterpreterGroup;
import org.apache.zeppelin.interpreter.InterpreterOutput;
import org.apache.zeppelin.interpreter.InterpreterResult;
import org.apache.zeppelin.interpreter.InterpreterResultMessage;
import org.apache.zeppelin.interpreter.LazyOpenInterpreter;
import org.apache.zeppelin.markdown.Markdown;
import org.apache.zeppelin.spark.SparkInterpreter;
import org.apache.zeppelin.spark.SparkSqlInterpreter;
import org.apache.zeppelin.user.AuthenticationInfo;

/** Zeppelin's own interpreters for Spark, SQL and Markdown, in this process. */
final class Interpreters implements AutoCloseable {
  private final Map<String, Interpreter> byName = new LinkedHashMap<>();

  /** Zeppelin casts the loader of the thread to this class. */
  private final URLClassLoader loader =
      new URLClassLoader(new URL[0], Interpreters.class.getClassLoader());

  /** Opened by the first paragraph that needs them. */
  Interpreters(Map<String, String> sparkProperties) {
    Properties properties = new Properties();
    properties.putAll(
        Map.of(
            "spark.app.name", "notes",
            "spark.ui.enabled", "false",
            "zeppelin.spark.useHiveContext", "false",
            "zeppelin.spark.enableSupportedVersionCheck", "false",
            "zeppelin.spark.scala.color", "false",
            "zeppelin.spark.maxResult", "1000",
            "markdown.parser.type", "markdown4j"));
    properties.putAll(sparkProperties);
    byName.put("spark", new LazyOpenInterpreter(new SparkInterpreter(properties)));
    byName.put("spark.sql", new LazyOpenInterpreter(new SparkSqlInterpreter(properties)));
    byName.put("md", new LazyOpenInterpreter(new Markdown(properties)));
    InterpreterGroup group = new InterpreterGroup("notes");
    group.put("session", new ArrayList<>(byName.values()));
    byName.values().forEach(interpreter -> interpreter.setInterpreterGroup(group));
  }

  /**
   * Runs a note to its end.
   *
   * @throws NoteFailure at the first paragraph that fails
   */
  List<ParagraphResult> run(Note note) {
    List<ParagraphResult> results = new ArrayList<>();
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(loader);
    try {
      for (Paragraph paragraph : note.paragraphs()) {
        ParagraphResult result = run(paragraph);
        if (!result.isSuccess()) {
          throw new NoteFailure(result);
        }
        results.add(result);
      }
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
    return results;
  }

  private ParagraphResult run(Paragraph paragraph) {
    Interpreter interpreter = byName.get(paragraph.interpreter());
    if (interpreter == null) {
      throw new IllegalArgumentException(
          "no interpreter " + paragraph.interpreter() + "; there are " + byName.keySet());
    }
    InterpreterContext context =
        InterpreterContext.builder()
            .setNoteId("note")
            .setParagraphId(paragraph.id())
            .setInterpreterOut(new InterpreterOutput())
            .setLocalProperties(new HashMap<>())
            .setGUI(new GUI())
            .setNoteGUI(new GUI())
            .setAuthenticationInfo(new AuthenticationInfo("anonymous"))
            .build();
    InterpreterContext.set(context);
    try {
      InterpreterResult result = interpreter.interpret(paragraph.code(), context);
      context.out.flush();
      List<Output> outputs = new ArrayList<>();
      outputs.addAll(outputs(context.out.toInterpreterResultMessage()));
      outputs.addAll(outputs(result.message()));
      return new ParagraphResult(paragraph, result.code().name(), List.copyOf(outputs));
    } catch (InterpreterException e) {
      throw new AssertionError("Zeppelin could not interpret " + paragraph, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      InterpreterContext.remove();
    }
  }

  private static List<Output> outputs(List<InterpreterResultMessage> messages) {
    return messages.stream()
        .map(message -> new Output(message.getType().name(), message.getData()))
        .toList();
  }

  @Override
  public void close() throws InterpreterException, IOException {
    for (Interpreter interpreter : byName.values()) {
      interpreter.close();
    }
    loader.close();
  }
}
