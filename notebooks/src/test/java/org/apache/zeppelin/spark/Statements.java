package org.apache.zeppelin.spark;

import java.util.List;
import java.util.function.Function;
import scala.tools.nsc.interpreter.Results;

/**
 * Hands a paragraph to a shell statement by statement, as a person at the shell would: a case class
 * and a data set of it in one piece would be a class within an object, which Spark cannot encode.
 */
record Statements(List<String> lines) {
  static Statements of(String code) {
    return new Statements(code.lines().toList());
  }

  /** Stops at the first that fails; unfinished at the end, the paragraph is unfinished. */
  Results.Result interpret(Function<String, Results.Result> shell) {
    StringBuilder statement = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      if (statement.length() == 0 && isBlank(lines.get(i))) {
        continue;
      }
      statement.append(lines.get(i)).append('\n');
      if (goesOn(i + 1)) {
        continue;
      }
      Results.Result result = shell.apply(statement.toString());
      if (result == Results.Error$.MODULE$) {
        return result;
      }
      if (result == Results.Success$.MODULE$) {
        statement.setLength(0);
      }
    }
    return statement.length() == 0 ? Results.Success$.MODULE$ : Results.Incomplete$.MODULE$;
  }

  /** A call on the result of the line before begins with a point. */
  private boolean goesOn(int next) {
    int line = next;
    while (line < lines.size() && isBlank(lines.get(line))) {
      line++;
    }
    return line < lines.size() && lines.get(line).strip().startsWith(".");
  }

  private static boolean isBlank(String line) {
    return line.isBlank() || line.strip().startsWith("//");
  }
}
