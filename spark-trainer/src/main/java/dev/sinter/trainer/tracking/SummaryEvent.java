package dev.sinter.trainer.tracking;

import java.util.List;
import java.util.Map;

/**
 * The messages that an event file holds: TensorFlow's {@code Event} with {@code Summary}, and the
 * data of TensorBoard's plugins for texts and hyper-parameters. Numbers of fields are those of
 * event.proto, summary.proto, tensor.proto, and of the plugins' plugin_data.proto.
 */
final class SummaryEvent {
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;
  private static final int SESSION_START = 1;

  private static final int SUMMARY_VALUE = 1;
  private static final int VALUE_TAG = 1;
  private static final int VALUE_SIMPLE = 2;
  private static final int VALUE_TENSOR = 8;
  private static final int VALUE_METADATA = 9;
  private static final int METADATA_PLUGIN = 1;
  private static final int METADATA_CLASS = 4;
  private static final int CLASS_TENSOR = 2;

  private static final int TENSOR_TYPE = 1;
  private static final int TENSOR_SHAPE = 2;
  private static final int TENSOR_FLOATS = 5;
  private static final int TENSOR_STRINGS = 8;
  private static final int TYPE_FLOAT = 1;
  private static final int TYPE_STRING = 7;

  private static final int HPARAMS_START = 3;
  private static final int HPARAMS_END = 4;

  private SummaryEvent() {}

  /** A number under a name. */
  record Scalar(String tag, double value) {}

  /** What the first record of a file says. */
  static byte[] fileVersion(double wallTime) {
    return new ProtobufMessage()
        .decimal(WALL_TIME, wallTime)
        .text(FILE_VERSION, "brain.Event:2")
        .toByteArray();
  }

  /** Readers drop what they have of this step and later ones: it comes again. */
  static byte[] sessionStart(double wallTime, long step) {
    return event(wallTime, step)
        .message(SESSION_LOG, new ProtobufMessage().whole(1, SESSION_START))
        .toByteArray();
  }

  /** Numbers of one step. */
  static byte[] scalars(double wallTime, long step, List<Scalar> scalars) {
    ProtobufMessage summary = new ProtobufMessage();
    for (Scalar scalar : scalars) {
      summary.message(
          SUMMARY_VALUE,
          new ProtobufMessage()
              .text(VALUE_TAG, scalar.tag())
              .single(VALUE_SIMPLE, (float) scalar.value()));
    }
    return event(wallTime, step).message(SUMMARY, summary).toByteArray();
  }

  /** A text in Markdown, for the plugin of texts. */
  static byte[] text(double wallTime, long step, String tag, String markdown) {
    ProtobufMessage shape =
        new ProtobufMessage().message(2, new ProtobufMessage().whole(1, 1)); // [1]
    ProtobufMessage tensor =
        new ProtobufMessage()
            .whole(TENSOR_TYPE, TYPE_STRING)
            .message(TENSOR_SHAPE, shape)
            .text(TENSOR_STRINGS, markdown);
    return plugin(wallTime, step, tag, "text", new byte[0], tensor);
  }

  /**
   * What the run was started with, for the plugin of hyper-parameters.
   *
   * @param parameters to numbers, booleans or texts
   */
  static byte[] hyperParameters(double wallTime, Map<String, Object> parameters) {
    ProtobufMessage start = new ProtobufMessage();
    parameters.forEach(
        (name, value) ->
            start.message(1, new ProtobufMessage().text(1, name).message(2, value(value))));
    start.decimal(5, wallTime);
    return hyperParameterPlugin(wallTime, "_hparams_/session_start_info", HPARAMS_START, start);
  }

  /** How the run ended, for the plugin of hyper-parameters. */
  static byte[] sessionEnd(double wallTime, boolean success) {
    ProtobufMessage end = new ProtobufMessage().whole(1, success ? 1 : 2).decimal(2, wallTime);
    return hyperParameterPlugin(wallTime, "_hparams_/session_end_info", HPARAMS_END, end);
  }

  private static byte[] hyperParameterPlugin(
      double wallTime, String tag, int field, ProtobufMessage content) {
    byte[] data = new ProtobufMessage().whole(1, 0).message(field, content).toByteArray();
    ProtobufMessage nothing =
        new ProtobufMessage()
            .whole(TENSOR_TYPE, TYPE_FLOAT)
            .message(TENSOR_SHAPE, new ProtobufMessage())
            .single(TENSOR_FLOATS, 0);
    return plugin(wallTime, 0, tag, "hparams", data, nothing);
  }

  private static ProtobufMessage value(Object value) {
    ProtobufMessage message = new ProtobufMessage();
    if (value instanceof Number number) {
      return message.decimal(2, number.doubleValue());
    }
    if (value instanceof Boolean flag) {
      return message.whole(4, flag ? 1 : 0);
    }
    return message.text(3, value.toString());
  }

  private static byte[] plugin(
      double wallTime,
      long step,
      String tag,
      String plugin,
      byte[] content,
      ProtobufMessage tensor) {
    ProtobufMessage data = new ProtobufMessage().text(1, plugin).bytes(2, content);
    ProtobufMessage metadata =
        new ProtobufMessage().message(METADATA_PLUGIN, data).whole(METADATA_CLASS, CLASS_TENSOR);
    ProtobufMessage value =
        new ProtobufMessage()
            .text(VALUE_TAG, tag)
            .message(VALUE_TENSOR, tensor)
            .message(VALUE_METADATA, metadata);
    return event(wallTime, step)
        .message(SUMMARY, new ProtobufMessage().message(SUMMARY_VALUE, value))
        .toByteArray();
  }

  private static ProtobufMessage event(double wallTime, long step) {
    return new ProtobufMessage().decimal(WALL_TIME, wallTime).whole(STEP, step);
  }
}
