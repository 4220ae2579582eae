package dev.sinter.trainer.training;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ChangedSetting;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntConsumer;

/** Remembers where a run started and went, and does something after each epoch. */
final class RecordingListener implements TrainingListener {
  private final IntConsumer afterEpoch;
  private final List<Long> starts = Collections.synchronizedList(new ArrayList<>());
  private final List<String> restarts = Collections.synchronizedList(new ArrayList<>());
  private final List<ChangedSetting> changed = Collections.synchronizedList(new ArrayList<>());
  private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
  private final List<Integer> epochs = Collections.synchronizedList(new ArrayList<>());

  RecordingListener(IntConsumer afterEpoch) {
    this.afterEpoch = afterEpoch;
  }

  RecordingListener() {
    this(epoch -> {});
  }

  /** Steps that were done before each start. */
  List<Long> starts() {
    return List.copyOf(starts);
  }

  /** Codes of what led to each restart. */
  List<String> restarts() {
    return List.copyOf(restarts);
  }

  /** Codes of what was missing where the run is tracked. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Epochs in the order in which they ended. */
  List<Integer> epochs() {
    return List.copyOf(epochs);
  }

  /** What was told to differ from the checkpoint. */
  List<ChangedSetting> changed() {
    return List.copyOf(changed);
  }

  @Override
  public void onApproximation(List<ChangedSetting> settings) {
    changed.addAll(settings);
  }

  @Override
  public void onTrackingFailure(SinterException failure) {
    warnings.add(failure.code());
  }

  @Override
  public void onStart(long step, long totalSteps) {
    starts.add(step);
  }

  @Override
  public void onRestart(int attempt, SinterException failure) {
    restarts.add(failure.code());
  }

  @Override
  public void onStep(long step, double meanLoss) {
    // not every step is told
  }

  @Override
  public void onEpoch(EpochRecord epoch, int total, boolean best) {
    epochs.add(epoch.epoch());
    afterEpoch.accept(epoch.epoch());
  }
}
