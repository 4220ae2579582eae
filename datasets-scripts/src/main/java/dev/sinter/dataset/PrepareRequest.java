package dev.sinter.dataset;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What to prepare, and how. Begin with {@link #of} and change what differs from the defaults.
 *
 * @param input folder of images, any Hadoop file system; a plain path is local
 * @param output folder of the dataset; empty or absent, or of a dataset that is to grow
 * @param task classification or segmentation
 * @param masks folder of masks; empty when they lie beside the images, or for classification
 * @param maskNames names of the classes of a segmentation, in ascending order of their mask values;
 *     empty: the values
 * @param split ratios and seed
 * @param height height of samples; 0 lets the stage choose
 * @param width width of samples; 0 lets the stage choose
 * @param fit how sources reach the size; empty: resize for classification, pad for segmentation
 * @param sliceAxis axis that volumes are cut along: 0, 1 or 2
 * @param maxRejected largest share of files that may be rejected
 * @param patientPattern regular expression over the relative path whose one group is the patient;
 *     empty: every image file, and every volume, is a patient of its own
 * @param salt of the patient hashes; {@link #defaultSalt()} unless given
 * @param shardBytes largest sum of pixel and mask bytes in a shard, before compression
 * @param sampling how samples are made of sources
 * @param overwrite whether an existing dataset at {@code output} is replaced, not extended
 * @param collection table of labels and folds
 */
public record PrepareRequest(
    String input,
    String output,
    Task task,
    String masks,
    List<String> maskNames,
    SplitRatios split,
    int height,
    int width,
    String fit,
    int sliceAxis,
    double maxRejected,
    String patientPattern,
    String salt,
    long shardBytes,
    Sampling sampling,
    boolean overwrite,
    CollectionPlan collection)
    implements Serializable {
  /** Name of the environment variable that holds a site's salt. */
  public static final String SALT_VARIABLE = "SINTER_SALT";

  private static final String PUBLIC_SALT = "sinter";
  private static final long DEFAULT_SHARD_BYTES = 64L << 20;

  /** Checks the values that need no file system. */
  public PrepareRequest {
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(task, "task");
    maskNames = List.copyOf(maskNames);
    if ((height == 0) != (width == 0) || height < 0 || width < 0) {
      throw invalid("size is " + height + " x " + width, "Give both, at least 1.");
    }
    if (sliceAxis < 0 || sliceAxis > 2) {
      throw invalid("the slice axis is " + sliceAxis, "Give 0, 1 or 2.");
    }
    if (!(maxRejected >= 0 && maxRejected <= 1)) {
      throw invalid("max rejected is " + maxRejected, "Give a share from 0 to 1.");
    }
    if (!fit.isEmpty() && !fit.equals("resize") && !fit.equals("pad")) {
      throw invalid("the fit is " + fit, "Give resize or pad.");
    }
    if (shardBytes < 1) {
      throw invalid("shard bytes are " + shardBytes, "Give at least 1.");
    }
  }

  private static RuntimeException invalid(String problem, String remedy) {
    return DatasetErrors.usage("PREPARE_REQUEST_INVALID", problem, remedy);
  }

  /** A request with every default. */
  public static PrepareRequest of(String input, String output, Task task) {
    return new PrepareRequest(
        input,
        output,
        task,
        "",
        List.of(),
        SplitRatios.DEFAULT,
        0,
        0,
        "",
        2,
        0.1,
        "",
        defaultSalt(),
        DEFAULT_SHARD_BYTES,
        Sampling.DEFAULT,
        false,
        CollectionPlan.NONE);
  }

  /**
   * The environment's {@code SINTER_SALT}, or a public constant that hides names but not guesses.
   *
   * @throws dev.sinter.error.SinterException {@code SALT_UNUSABLE} when the variable is too short
   */
  public static String defaultSalt() {
    return SaltFile.ofVariable(SALT_VARIABLE, System.getenv(SALT_VARIABLE)).orElse(PUBLIC_SALT);
  }

  /** Whether the salt is the public constant, so that who can guess a name can confirm it. */
  public boolean hasPublicSalt() {
    return isPublic(salt);
  }

  /** Whether a salt is the public constant. */
  public static boolean isPublic(String salt) {
    return salt.equals(PUBLIC_SALT);
  }

  /** With the folder of masks. */
  public PrepareRequest withMasks(String value) {
    return changed(draft -> draft.masks = value);
  }

  /** With other ratios or another seed. */
  public PrepareRequest withSplit(SplitRatios value) {
    return changed(draft -> draft.split = value);
  }

  /** With a size. */
  public PrepareRequest withSize(int newHeight, int newWidth) {
    return changed(
        draft -> {
          draft.height = newHeight;
          draft.width = newWidth;
        });
  }

  /** With {@code resize} or {@code pad}. */
  public PrepareRequest withFit(String value) {
    return changed(draft -> draft.fit = value);
  }

  /** With another axis to cut volumes along. */
  public PrepareRequest withSliceAxis(int value) {
    return changed(draft -> draft.sliceAxis = value);
  }

  /** With names of the mask values, in ascending order of the values. */
  public PrepareRequest withMaskNames(List<String> value) {
    return changed(draft -> draft.maskNames = value);
  }

  /** With another share of files that may be rejected. */
  public PrepareRequest withMaxRejected(double value) {
    return changed(draft -> draft.maxRejected = value);
  }

  /** With a pattern that finds the patient in a relative path. */
  public PrepareRequest withPatientPattern(String value) {
    return changed(draft -> draft.patientPattern = value);
  }

  /** With a salt. */
  public PrepareRequest withSalt(String value) {
    return changed(draft -> draft.salt = value);
  }

  /** With smaller or larger shards. */
  public PrepareRequest withShardBytes(long value) {
    return changed(draft -> draft.shardBytes = value);
  }

  /** With samples of another kind, or with transforms. */
  public PrepareRequest withSampling(Sampling value) {
    return changed(draft -> draft.sampling = value);
  }

  /** With a table of labels, or folds. */
  public PrepareRequest withCollection(CollectionPlan value) {
    return changed(draft -> draft.collection = value);
  }

  /** Replaces an existing dataset at the output. */
  public PrepareRequest overwriting() {
    return changed(draft -> draft.overwrite = true);
  }

  /** The chosen fit. */
  Fit chosenFit() {
    if (fit.isEmpty()) {
      return task == Task.CLASSIFICATION ? Fit.RESIZE : Fit.PAD;
    }
    return fit.equals("resize") ? Fit.RESIZE : Fit.PAD;
  }

  /** Without the salt, which is never shown. */
  @Override
  public String toString() {
    return "PrepareRequest[" + task.key() + " of " + input + " to " + output + "]";
  }

  private PrepareRequest changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.request();
  }

  /** A request while one of its values is changed. */
  private static final class Draft {
    private final String input;
    private final String output;
    private final Task task;
    private String masks;
    private List<String> maskNames;
    private SplitRatios split;
    private int height;
    private int width;
    private String fit;
    private int sliceAxis;
    private double maxRejected;
    private String patientPattern;
    private String salt;
    private long shardBytes;
    private Sampling sampling;
    private boolean overwrite;
    private CollectionPlan collection;

    Draft(PrepareRequest request) {
      input = request.input;
      output = request.output;
      task = request.task;
      masks = request.masks;
      maskNames = request.maskNames;
      split = request.split;
      height = request.height;
      width = request.width;
      fit = request.fit;
      sliceAxis = request.sliceAxis;
      maxRejected = request.maxRejected;
      patientPattern = request.patientPattern;
      salt = request.salt;
      shardBytes = request.shardBytes;
      sampling = request.sampling;
      overwrite = request.overwrite;
      collection = request.collection;
    }

    PrepareRequest request() {
      return new PrepareRequest(
          input,
          output,
          task,
          masks,
          maskNames,
          split,
          height,
          width,
          fit,
          sliceAxis,
          maxRejected,
          patientPattern,
          salt,
          shardBytes,
          sampling,
          overwrite,
          collection);
    }
  }
}
