package org.apache.zeppelin.spark;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.zeppelin.interpreter.InterpreterContext;
import org.apache.zeppelin.interpreter.InterpreterHookRegistry;
import org.apache.zeppelin.interpreter.ZeppelinContext;

/** The {@code z} of a note: shows data frames as tables. */
public final class NoteContext extends ZeppelinContext {
  private final SparkShims shims;

  NoteContext(InterpreterHookRegistry hooks, int maxRows, SparkShims shims) {
    super(hooks, maxRows);
    this.shims = shims;
  }

  @Override
  public Map<String, String> getInterpreterClassMap() {
    return Map.of("spark", SparkInterpreter.class.getName());
  }

  @Override
  @SuppressWarnings("rawtypes") // Zeppelin's signature
  public List<Class> getSupportedClasses() {
    return List.of(Dataset.class);
  }

  @Override
  public String showData(Object data, int maxRows) {
    return shims.showDataFrame(((Dataset<?>) data).toDF(), maxRows, InterpreterContext.get());
  }
}
