package dev.sinter.dataset;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Lines of {@code sources.jsonl}, the one file that holds true paths, and of {@code
 * rejected.jsonl}, which shows them hashed. Driver only.
 */
final class SourceLines {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Survey survey;

  SourceLines(Survey survey) {
    this.survey = survey;
  }

  /** What the dataset held and keeps, what is new, and the true names of what was rejected. */
  Stream<Map<String, Object>> sources(Configuration configuration) {
    DatasetPlan plan = survey.plan.orElseThrow();
    return Stream.of(
            kept(configuration),
            plan.taken().stream().map(this::line),
            survey.rejections.stream().map(this::trueName))
        .flatMap(lines -> lines);
  }

  private Stream<Map<String, Object>> kept(Configuration configuration) {
    if (!survey.growth.isGiven()) {
      return Stream.empty();
    }
    String name = survey.growth.manifest().orElseThrow().sourcesFile();
    Path path = new Path(FileListing.path(survey.request.output()), name);
    try {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(
                  path.getFileSystem(configuration).open(path), StandardCharsets.UTF_8));
      return in.lines()
          .map(SourceLines::parse)
          .filter(l -> !l.containsKey("rejected"))
          .filter(l -> !survey.growth.isReplaced(String.valueOf(l.get("id"))))
          .onClose(() -> close(in));
    } catch (IOException e) {
      throw DatasetErrors.storage(path, e);
    }
  }

  private static void close(BufferedReader in) {
    try {
      in.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Object> parse(String line) {
    try {
      return JSON.readValue(line, new TypeReference<LinkedHashMap<String, Object>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, Object> line(SourceFacts facts) {
    SourceEntry entry = survey.layout.entries.get(facts.index());
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("id", survey.names.sourceId(entry.relative()));
    line.put("relative", entry.relative());
    line.put("path", entry.path());
    line.put("mask_path", entry.maskPath());
    line.put("patient", entry.patient());
    line.put("patient_hash", survey.names.patient(entry.patient()));
    line.put("bin", survey.plan.orElseThrow().sides.bin(facts.index()));
    line.put("label", entry.label());
    line.put("bytes", entry.bytes());
    line.put("stamp", entry.stamp());
    line.put("sha256", facts.content().hex());
    line.put("mask_sha256", facts.mask().hex());
    line.put("mask_bytes", facts.maskBytes());
    line.put("pixels_sha256", facts.pixels().hex());
    line.put("constant", facts.constant());
    line.put("mask_values", facts.maskValues());
    return line;
  }

  private Map<String, Object> trueName(Rejection rejection) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("rejected", rejection.code());
    line.put("relative", rejection.path());
    line.put("shown", shown(rejection));
    return line;
  }

  /** One line for each file that was not taken. */
  Map<String, Object> rejected(Rejection rejection) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("path", shown(rejection));
    line.put("code", rejection.code());
    line.put("message", rejection.message());
    return line;
  }

  private String shown(Rejection rejection) {
    return survey.names.hidden(rejection.path(), "");
  }
}
