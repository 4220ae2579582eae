package dev.sinter.model.pretrained;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.Layout;
import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.model.Skip;
import dev.sinter.model.pretrained.keras.KerasApplicationNames;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * Fits a weight file to a network, tensor by tensor and by name.
 *
 * <ul>
 *   <li>A head (the last layer with parameters before an output) whose classes differ from the
 *       file's, or that the file lacks, keeps its initial values.
 *   <li>A first convolution with another number of input channels is adapted, see {@link
 *       FirstConvolution}.
 *   <li>Layers that the published network does not have, such as added skips, keep their initial
 *       values; inputs that a concatenated skip adds to a layer begin at zero, see {@link
 *       WidenedLayers}.
 *   <li>Everything else has to fit: a tensor that is missing or has another shape, and a file with
 *       further tensors in the network's own modules, mean that the file is of another network.
 * </ul>
 */
public final class PretrainedStart {
  private static final int LISTED = 5;

  /** A counter of torch's batch normalisation that nothing reads. */
  private static final String COUNTER = "num_batches_tracked";

  /** Layers that help training and that others' files often leave out. */
  private static final String AUXILIARY = "auxiliary-";

  /** The one family whose networks are the same in both. */
  private static final String KERAS_AS_TORCHVISION = "vgg";

  private static final String KERAS_SCALE = "/gamma";

  private static final Pattern KERAS_END =
      Pattern.compile("/(kernel|bias|gamma|beta|moving_mean|moving_variance)$");

  private final String model;
  private final ComputationGraphConfiguration configuration;
  private final ParameterLayout layout;
  private final NetworkEnds ends;
  private final WidenedLayers widened;
  private final List<ImportPlan.Step> steps = new ArrayList<>();
  private final List<String> loaded = new ArrayList<>();
  private final List<String> adapted = new ArrayList<>();
  private final List<String> random = new ArrayList<>();

  private PretrainedStart(String model, ComputationGraphConfiguration configuration) {
    this.model = model;
    this.configuration = configuration;
    this.layout = ParameterLayout.of(configuration);
    this.ends = NetworkEnds.of(configuration, layout);
    this.widened = WidenedLayers.of(configuration);
  }

  /**
   * Fits a file in the naming of its library.
   *
   * @param model name of the network, for messages
   * @param family decides the names, such as {@code resnet}
   * @throws SinterException {@code WEIGHTS_SHAPE_MISMATCH} or {@code WEIGHTS_OF_ANOTHER_NETWORK}
   */
  public static ImportPlan fit(
      String model, String family, ComputationGraphConfiguration configuration, WeightFile file) {
    if (file.tensors().keySet().stream().anyMatch(name -> name.endsWith("/kernel"))) {
      return fitKeras(model, family, configuration, file);
    }
    WeightFile today = TorchNames.today(file);
    TorchNames published = TorchNames.of(family, configuration);
    TorchNames own = TorchNames.own();
    // What Sinter exports of an added layer has the vertex's own name.
    TensorNames names =
        (tensor, layer) ->
            published
                .of(tensor, layer)
                .or(
                    () ->
                        own.of(tensor, layer)
                            .filter(form -> today.tensors().containsKey(form.name())));
    return new PretrainedStart(model, configuration).plan(names, today);
  }

  private static ImportPlan fitKeras(
      String model, String family, ComputationGraphConfiguration configuration, WeightFile file) {
    TensorNames names =
        KerasApplicationNames.of(family, file)
            .orElseThrow(
                () ->
                    WeightFile.unsupported(
                        file.source(),
                        "keras-applications' names of family " + family + " are not known",
                        "Import it without --model if it describes its network, or convert it to torchvision's names."));
    if (!KERAS_AS_TORCHVISION.equals(family) && Layout.of(configuration) != Layout.KERAS) {
      throw new SinterException(
          ErrorCategory.DATA,
          "WEIGHTS_OF_ANOTHER_NETWORK",
          file.source()
              + " is of keras-applications' network, and "
              + model
              + " was built as torchvision's, which computes something else",
          "Set model.options.layout to keras (sinter import: --option layout=keras), where `sinter"
              + " models` lists the option, or give weights in torchvision's naming.");
    }
    return new PretrainedStart(model, configuration).plan(names, file);
  }

  private ImportPlan plan(TensorNames names, WeightFile file) {
    Set<String> known = new LinkedHashSet<>();
    List<String> missing = new ArrayList<>();
    Set<String> openHeads = openHeads(names, file);
    for (ParameterTensor tensor : layout.tensors()) {
      Optional<TensorForm> form = names.of(tensor, layer(tensor.vertex()));
      form.ifPresent(present -> known.add(present.name()));
      if (form.isEmpty() || openHeads.contains(tensor.vertex())) {
        random.add(tensor.name());
        continue;
      }
      WeightTensor weights = file.tensors().get(form.get().name());
      if (weights == null && isExtra(tensor.vertex())) {
        random.add(tensor.name());
      } else if (weights == null && isLeftOut(form.get(), file)) {
        adapted.add(tensor.name() + ": 1, since the file's normalisation has no scale");
        steps.add(
            new ImportPlan.Step(
                tensor,
                flat ->
                    form.get()
                        .toFlat(WeightTensor.filled("", form.get().shape(), 1).elements(), flat)));
      } else if (weights == null) {
        missing.add(form.get().name());
      } else {
        fit(tensor, form.get(), weights, file.source());
      }
    }
    if (!missing.isEmpty()) {
      throw another(file.source(), "lacks " + listed(missing) + ", which " + model + " has");
    }
    List<String> unused =
        file.tensors().keySet().stream()
            .filter(name -> !known.contains(name) && !name.endsWith(COUNTER))
            .toList();
    Set<String> modules =
        known.stream().map(PretrainedStart::topModule).collect(Collectors.toSet());
    List<String> foreign =
        unused.stream().filter(name -> modules.contains(topModule(name))).toList();
    if (!foreign.isEmpty()) {
      throw another(file.source(), "has " + listed(foreign) + ", which " + model + " lacks");
    }
    return new ImportPlan(steps, new ImportReport(file.source(), loaded, adapted, random, unused));
  }

  private void fit(ParameterTensor tensor, TensorForm form, WeightTensor weights, String source) {
    long[] shape = weights.shape();
    Consumer<FloatBuffer> values;
    if (form.fits(shape) || isVector(form, shape)) {
      loaded.add(tensor.name());
      values = flat -> form.toFlat(weights.elements(), flat);
    } else if (widened.begin(tensor, form, shape)) {
      adapted.add(tensor.name() + ": " + WidenedLayers.description(form, shape));
      values = flat -> WidenedLayers.toFlat(weights.floats(), form, shape, flat);
    } else if (fitsWithOtherInputs(tensor, form, shape)) {
      int axis = FirstConvolution.inputAxis(form);
      adapted.add(
          tensor.name() + ": " + FirstConvolution.description(shape[axis], form.shape()[axis]));
      values =
          flat -> {
            float[] kernels = FirstConvolution.adapted(weights.floats(), shape, form);
            form.toFlat(index -> kernels[index], flat);
          };
    } else {
      throw new SinterException(
          ErrorCategory.DATA,
          "WEIGHTS_SHAPE_MISMATCH",
          source
              + ": "
              + weights.name()
              + " has the shape "
              + weights.shapeText()
              + ", but "
              + tensor.name()
              + " of "
              + model
              + " needs "
              + WeightTensor.shapeText(form.shape()),
          "Give the weights of "
              + model
              + " with the same options, or name the network that they are of.");
    }
    steps.add(new ImportPlan.Step(tensor, values));
  }

  /** Whether files of the published network may lack it. */
  private static boolean isExtra(String vertex) {
    return vertex.startsWith(AUXILIARY) || Skip.isOfSkip(vertex);
  }

  /** Keras' batch normalisation without a scale has a centre and no gamma. */
  private static boolean isLeftOut(TensorForm form, WeightFile file) {
    String name = form.name();
    return name.endsWith(KERAS_SCALE)
        && file.tensors()
            .containsKey(name.substring(0, name.length() - KERAS_SCALE.length()) + "/beta");
  }

  /** ONNX writes a vector over the channels of an image as (C, 1, 1). */
  private static boolean isVector(TensorForm form, long[] shape) {
    return form.shape().length == 1
        && shape.length > 1
        && shape[0] == form.shape()[0]
        && Arrays.stream(shape).skip(1).allMatch(side -> side == 1);
  }

  private boolean fitsWithOtherInputs(ParameterTensor tensor, TensorForm form, long[] shape) {
    if (!ends.first().contains(tensor.vertex())
        || form.view().length < 3
        || shape.length != form.shape().length) {
      return false;
    }
    int axis = FirstConvolution.inputAxis(form);
    return shape[axis] > 0 && Arrays.equals(form.withInputs(shape[axis]).shape(), shape);
  }

  /**
   * Heads whose bias or weights differ from the file's in the number of classes, or are not there.
   */
  private Set<String> openHeads(TensorNames names, WeightFile file) {
    Set<String> open = new LinkedHashSet<>();
    for (ParameterTensor tensor : layout.tensors()) {
      if (!ends.heads().contains(tensor.vertex())) {
        continue;
      }
      Optional<TensorForm> form = names.of(tensor, layer(tensor.vertex()));
      WeightTensor weights = form.map(TensorForm::name).map(file.tensors()::get).orElse(null);
      if (weights == null || hasOtherClasses(form.get(), weights.shape())) {
        open.add(tensor.vertex());
      }
    }
    return open;
  }

  /** Whether only the first axis of the view, the classes, differs. */
  private static boolean hasOtherClasses(TensorForm form, long[] shape) {
    long[] own = form.shape();
    if (shape.length != own.length || Arrays.equals(own, shape)) {
      return false;
    }
    for (int axis = 0; axis < own.length; axis++) {
      if (own[axis] != shape[axis] && form.axes()[form.axes().length - own.length + axis] != 0) {
        return false;
      }
    }
    return true;
  }

  private Layer layer(String vertex) {
    return ((LayerVertex) configuration.getVertices().get(vertex)).getLayerConf().getLayer();
  }

  private SinterException another(String source, String difference) {
    return new SinterException(
        ErrorCategory.DATA,
        "WEIGHTS_OF_ANOTHER_NETWORK",
        source + " is not of " + model + ": it " + difference,
        "Give the weights of "
            + model
            + " in torchvision's naming, or name the network that they are of.");
  }

  /** What comes before the first dot; of Keras' names, the layer. */
  private static String topModule(String name) {
    int dot = name.indexOf('.');
    int end = dot >= 0 ? dot : KERAS_END.matcher(name).find() ? name.lastIndexOf('/') : -1;
    return end < 0 ? name : name.substring(0, end);
  }

  private static String listed(List<String> names) {
    return names.stream().limit(LISTED).collect(Collectors.joining(", "))
        + (names.size() > LISTED ? " and " + (names.size() - LISTED) + " more" : "");
  }
}
