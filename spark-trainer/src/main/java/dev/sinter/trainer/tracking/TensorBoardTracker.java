package dev.sinter.trainer.tracking;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.tracking.SummaryEvent.Scalar;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes a run as TensorBoard's event files. A driver that goes on from a checkpoint begins with a
 * session start at its step: TensorBoard then drops what an earlier driver wrote of it and later
 * ones, so nothing is shown twice.
 */
final class TensorBoardTracker implements RunTracker {
  /** The folder within that of the run. */
  static final String FOLDER = "tensorboard";

  private static final double SECONDS_BETWEEN_STEPS_SEEN = 5;
  private static final Pattern HYPER_PARAMETER =
      Pattern.compile("(model|train|optimizer|engine|sync)\\..*");
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");

  private final Path folder;
  private final RunFacts facts;
  private final EventFiles events;
  private double published;
  private boolean begun;

  TensorBoardTracker(FileSystem files, Path folder, RunFacts facts, double startTime) {
    this.folder = folder;
    this.facts = facts;
    this.events = new EventFiles(files, folder, startTime);
  }

  @Override
  public SinterException warning(Throwable failure) {
    return new SinterException(
        ErrorCategory.RESOURCES,
        "TENSORBOARD_NOT_WRITTEN",
        Redaction.ofText(folder + " lacks some events: " + failure.getMessage()),
        "training goes on without them; see that the file system takes files there, or set tracking.tensorboard:"
            + " false",
        failure);
  }

  @Override
  public void begin(Beginning beginning) throws IOException {
    try {
      boolean goesOn = begun || events.hasEarlier();
      begun = true;
      double now = beginning.wallTime();
      List<EpochRecord> history = beginning.history();
      if (goesOn) {
        events.append(SummaryEvent.sessionStart(now, firstSuperseded(beginning)));
        history = history.subList(Math.max(0, history.size() - 1), history.size());
      }
      if (!goesOn || beginning.step() == 0) {
        events.append(SummaryEvent.hyperParameters(now, hyperParameters()));
      }
      events.append(
          SummaryEvent.text(now, beginning.step(), "configuration", asCode(facts.configuration())));
      for (EpochRecord epoch : history) {
        append(new EpochPoint(now, beginning.stepsPerEpoch(), epoch));
      }
      publish(now);
    } catch (IOException e) {
      events.abandon();
      throw e;
    }
  }

  @Override
  public void step(StepPoint point) throws IOException {
    try {
      events.append(
          SummaryEvent.scalars(
              point.wallTime(),
              point.step(),
              List.of(new Scalar(EpochScalars.STEP_LOSS, point.meanLoss()))));
      if (point.wallTime() - published >= SECONDS_BETWEEN_STEPS_SEEN) {
        publish(point.wallTime());
      }
    } catch (IOException e) {
      events.abandon();
      throw e;
    }
  }

  @Override
  public void epoch(EpochPoint point) throws IOException {
    try {
      append(point);
      publish(point.wallTime());
    } catch (IOException e) {
      events.abandon();
      throw e;
    }
  }

  @Override
  public void end(Ending ending) throws IOException {
    try {
      events.append(SummaryEvent.sessionEnd(ending.wallTime(), ending.status() == Status.FINISHED));
      publish(ending.wallTime());
    } catch (IOException e) {
      events.abandon();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    events.close();
  }

  /** The epoch before the checkpoint is written again, unless nobody knows it any more. */
  private static long firstSuperseded(Beginning beginning) {
    List<EpochRecord> history = beginning.history();
    boolean known =
        !history.isEmpty()
            && (long) history.get(history.size() - 1).epoch() * beginning.stepsPerEpoch()
                == beginning.step();
    return known || beginning.step() == 0 ? beginning.step() : beginning.step() + 1;
  }

  private void append(EpochPoint point) throws IOException {
    events.append(
        SummaryEvent.scalars(
            point.wallTime(),
            point.step(),
            EpochScalars.of(point.epoch(), point.stepsPerEpoch(), facts.metric())));
  }

  private void publish(double wallTime) throws IOException {
    events.publish();
    published = wallTime;
  }

  private Map<String, Object> hyperParameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    facts.settings().entrySet().stream()
        .filter(setting -> HYPER_PARAMETER.matcher(setting.getKey()).matches())
        .forEach(setting -> parameters.put(setting.getKey(), typed(setting.getValue())));
    return parameters;
  }

  private static Object typed(String value) {
    if (value.equals("true") || value.equals("false")) {
      return Boolean.valueOf(value);
    }
    return NUMBER.matcher(value).matches() ? (Object) Double.valueOf(value) : value;
  }

  /** Four spaces make a block of code in Markdown. */
  private static String asCode(String yaml) {
    return yaml.lines().map(line -> "    " + line + "\n").reduce("", String::concat);
  }
}
