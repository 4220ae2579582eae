package dev.sinter.trainer.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Writes a command's result for programs: one object, snake_case keys. */
final class JsonOutput {
  static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .addModule(
              new SimpleModule()
                  .addSerializer(Double.class, new NullIfNotFinite())
                  .addSerializer(double.class, new NullIfNotFinite()))
          .build();

  /** What is undefined is null: JSON knows no NaN. */
  private static final class NullIfNotFinite extends JsonSerializer<Double> {
    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }
  }

  private JsonOutput() {}

  /**
   * Checks that the file of {@code --json} can be made.
   *
   * @throws SinterException {@code JSON_NOT_WRITTEN}
   */
  static void requireWritable(Optional<String> target) {
    if (target.isEmpty() || target.get().equals("-") || ResultFile.of(target).isPresent()) {
      return; // a URI was tried before anything else
    }
    Path file = Path.of(target.get()).toAbsolutePath();
    boolean possible =
        !Files.isDirectory(file) && Files.isWritable(Files.exists(file) ? file : file.getParent());
    if (!possible) {
      throw notWritten(target.get(), null);
    }
  }

  /** Writes to the file or standard output that {@code --json} named, if any. */
  static void write(Optional<String> target, Object result) {
    if (target.isEmpty()) {
      return;
    }
    try {
      String text = MAPPER.writeValueAsString(result) + "\n";
      if (target.get().equals("-")) {
        System.out.print(text);
        System.out.flush();
      } else if (ResultFile.of(target).isPresent()) {
        ResultFile.of(target).get().write(text);
      } else {
        Files.writeString(Path.of(target.get()), text);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw notWritten(target.get(), e);
    }
  }

  static SinterException notWritten(String target, IOException cause) {
    return new SinterException(
        ErrorCategory.RESOURCES,
        "JSON_NOT_WRITTEN",
        target + " cannot be written" + (cause == null ? "" : ": " + cause.getMessage()),
        "give --json a file in a folder that exists and that you may write to",
        cause);
  }

  /** Where lines for people go: standard error when standard output carries JSON. */
  static java.io.PrintStream console(Optional<String> target) {
    return target.filter("-"::equals).isPresent() ? System.err : System.out;
  }
}
