package dev.sinter.notebooks;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What became of a paragraph.
 *
 * @param paragraph that ran
 * @param status {@code SUCCESS} or {@code FINISHED} where it went well
 * @param outputs in order
 */
record ParagraphResult(Paragraph paragraph, String status, List<Output> outputs) {
  boolean isSuccess() {
    return status.equals("SUCCESS") || status.equals("FINISHED");
  }

  /** The data of all outputs of a type, one after the other. */
  String data(String type) {
    return outputs.stream()
        .filter(output -> output.type().equals(type))
        .map(Output::data)
        .collect(Collectors.joining("\n"));
  }

  /** The whole output, for the message of a failed test. */
  String describe() {
    return "%s '%s' %s%n%s%n%s"
        .formatted(paragraph.interpreter(), paragraph.title(), status, paragraph.code(), outputs);
  }
}
