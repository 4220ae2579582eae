package dev.sinter.trainer.prediction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a chunk leaves behind: its counts in the first line, then a line for each classified source;
 * and, apart, a line for each that was rejected.
 */
final class ChunkResult {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final StringBuilder rows = new StringBuilder();
  private final StringBuilder rejections = new StringBuilder();
  private long predicted;
  private long rejected;

  /** A classified source. */
  record Row(String path, float[] probabilities) {}

  void addMask() {
    predicted++;
  }

  void addClass(String path, float[] probabilities) {
    predicted++;
    rows.append(line(Map.of("path", path, "probabilities", probabilities)));
  }

  void reject(String path, String code, String message) {
    rejected++;
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("path", path);
    line.put("code", code);
    line.put("message", message);
    rejections.append(line(line));
  }

  private static String line(Map<String, Object> values) {
    try {
      return JSON.writeValueAsString(values) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  String rejections() {
    return rejections.toString();
  }

  @Override
  public String toString() {
    return line(Map.of("predicted", predicted, "rejected", rejected)) + rows;
  }

  static ChunkCounts counts(FileSystem files, Path path) {
    try (BufferedReader lines = open(files, path)) {
      JsonNode counts = JSON.readTree(lines.readLine());
      return new ChunkCounts(counts.get("predicted").asLong(), counts.get("rejected").asLong());
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }

  /** The classified sources of a chunk. */
  static List<Row> rows(FileSystem files, Path path) {
    try (BufferedReader lines = open(files, path)) {
      return lines.lines().skip(1).map(ChunkResult::row).toList();
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }

  private static BufferedReader open(FileSystem files, Path path) throws IOException {
    return new BufferedReader(new InputStreamReader(files.open(path), StandardCharsets.UTF_8));
  }

  private static Row row(String line) {
    try {
      JsonNode row = JSON.readTree(line);
      float[] probabilities = new float[row.get("probabilities").size()];
      for (int c = 0; c < probabilities.length; c++) {
        // As text: a double of a float's digits, rounded, is that float.
        probabilities[c] = (float) row.get("probabilities").get(c).asDouble();
      }
      return new Row(row.get("path").asText(), probabilities);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a damaged line of a chunk", e);
    }
  }

  /** A rejected source in words. */
  static String messageOf(String line) {
    try {
      return JSON.readTree(line).get("message").asText();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a damaged line of a chunk", e);
    }
  }
}
