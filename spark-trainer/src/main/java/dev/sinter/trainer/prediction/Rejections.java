package dev.sinter.trainer.prediction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists rejected files, one JSON object a line. */
final class Rejections {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Rejections() {}

  static String toJsonLines(List<PredictedFile> rejected) {
    StringBuilder lines = new StringBuilder();
    for (PredictedFile file : rejected) {
      Map<String, String> line = new LinkedHashMap<>();
      line.put("path", file.path());
      line.put("code", file.errorCode());
      line.put("message", file.errorMessage());
      try {
        lines.append(JSON.writeValueAsString(line)).append('\n');
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }
    return lines.toString();
  }
}
