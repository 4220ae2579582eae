package dev.sinter.model.pretrained;

import dev.sinter.model.ParameterTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;

/**
 * The names of torch's libraries (torchvision; timm has the same for these families), as modules
 * {@code layer1.0.conv1} and tensors {@code weight}, {@code bias}, {@code running_mean}, {@code
 * running_var}.
 *
 * <p>A family is a list of rules from vertex names to modules. A family that torchvision does not
 * have keeps its vertex names as modules.
 */
final class TorchNames implements TensorNames {

  /** Vertices that match a pattern, and the module each of them is. */
  private record Rule(Pattern vertex, Function<MatchResult, String> module) {
    static Rule of(String vertex, String module) {
      return of(vertex, match -> match.group().replaceAll(vertex, module));
    }

    static Rule of(String vertex, Function<MatchResult, String> module) {
      return new Rule(Pattern.compile(vertex), module);
    }
  }

  private static final Map<String, List<Rule>> FAMILIES =
      Map.of(
          "resnet",
          List.of(
              Rule.of("stem-(conv|bn)", match -> match.group(1) + "1"),
              Rule.of("stage(\\d+)-block(\\d+)-(conv|bn)(\\d)", TorchNames::ofBlock),
              Rule.of("stage(\\d+)-block(\\d+)-(shortcut)-(conv|bn)", TorchNames::ofBlock),
              Rule.of("head", "fc")),
          "densenet",
          List.of(
              Rule.of("stem-conv", "features.conv0"),
              Rule.of("stem-bn", "features.norm0"),
              Rule.of(
                  "stage(\\d+)-layer(\\d+)-conv(\\d)", "features.denseblock$1.denselayer$2.conv$3"),
              Rule.of(
                  "stage(\\d+)-layer(\\d+)-bn(\\d)", "features.denseblock$1.denselayer$2.norm$3"),
              Rule.of("transition(\\d+)-conv", "features.transition$1.conv"),
              Rule.of("transition(\\d+)-bn", "features.transition$1.norm"),
              Rule.of("final-bn", "features.norm5"),
              Rule.of("head", "classifier")),
          "inception",
          List.of(
              Rule.of("stem-(3b)-(conv|bn)", "Conv2d_$1_1x1.$2"),
              Rule.of("stem-(\\d[a-z])-(conv|bn)", "Conv2d_$1_3x3.$2"),
              Rule.of("auxiliary-(conv\\d)-(conv|bn)", "AuxLogits.$1.$2"),
              Rule.of("auxiliary-head", "AuxLogits.fc"),
              Rule.of("mixed(\\d[a-z])-(.+)-(conv|bn)", TorchNames::ofBranch),
              Rule.of("head", "fc")));

  private static final Rule OWN_NAMES = Rule.of(".*", MatchResult::group);

  /** Names of older files, and what torchvision calls them today. */
  private static final Pattern OLD_DENSENET =
      Pattern.compile("(.*\\.denselayer\\d+\\.(?:norm|conv))\\.([12]\\..*)");

  private static final String DATA_PARALLEL = "module.";

  private final List<Rule> rules;

  private TorchNames(List<Rule> rules) {
    this.rules = rules;
  }

  /** The names of a family's network. */
  static TorchNames of(String family, ComputationGraphConfiguration configuration) {
    return family.equals("vgg")
        ? new TorchNames(ofVgg(configuration))
        : new TorchNames(FAMILIES.getOrDefault(family, List.of(OWN_NAMES)));
  }

  /** Vertex names as modules. */
  static TorchNames own() {
    return new TorchNames(List.of(OWN_NAMES));
  }

  /** torchvision numbers the layers of the blocks through, activations and pools included. */
  private static List<Rule> ofVgg(ComputationGraphConfiguration configuration) {
    Pattern inBlock = Pattern.compile("block\\d+-(conv\\d+|bn\\d+|relu\\d+|pool)");
    List<String> features =
        configuration.getTopologicalOrderStr().stream()
            .filter(vertex -> inBlock.matcher(vertex).matches())
            .toList();
    return List.of(
        Rule.of(inBlock.pattern(), match -> "features." + features.indexOf(match.group())),
        Rule.of("fc1", "classifier.0"),
        Rule.of("fc2", "classifier.3"),
        Rule.of("head", "classifier.6"));
  }

  /** A file's tensors under today's names, without what wrappers put in front of them. */
  static WeightFile today(WeightFile file) {
    boolean wrapped =
        !file.tensors().isEmpty()
            && file.tensors().keySet().stream().allMatch(name -> name.startsWith(DATA_PARALLEL));
    List<WeightTensor> tensors = new ArrayList<>();
    for (WeightTensor tensor : file.tensors().values()) {
      String name = wrapped ? tensor.name().substring(DATA_PARALLEL.length()) : tensor.name();
      Matcher old = OLD_DENSENET.matcher(name);
      tensors.add(tensor.named(old.matches() ? old.group(1) + old.group(2) : name));
    }
    return WeightFile.of(file.source(), tensors);
  }

  private static String ofBlock(MatchResult match) {
    String block = "layer" + match.group(1) + "." + (Integer.parseInt(match.group(2)) - 1) + ".";
    if (match.group(3).equals("shortcut")) {
      return block + (match.group(4).equals("conv") ? "downsample.0" : "downsample.1");
    }
    return block + match.group(3) + match.group(4);
  }

  private static String ofBranch(MatchResult match) {
    return "Mixed_"
        + match.group(1)
        + "."
        + match.group(2).replace('-', '_')
        + "."
        + match.group(3);
  }

  @Override
  public Optional<TensorForm> of(ParameterTensor tensor, Layer layer) {
    return module(tensor.vertex()).map(module -> form(module, tensor, layer));
  }

  private Optional<String> module(String vertex) {
    for (Rule rule : rules) {
      Matcher matcher = rule.vertex().matcher(vertex);
      if (matcher.matches()) {
        return Optional.of(rule.module().apply(matcher.toMatchResult()));
      }
    }
    return Optional.empty();
  }

  private static TensorForm form(String module, ParameterTensor tensor, Layer layer) {
    long[] shape = tensor.shape();
    if (layer instanceof BatchNormalization) {
      String name =
          switch (tensor.key()) {
            case "gamma" -> "weight";
            case "beta" -> "bias";
            case "mean" -> "running_mean";
            case "var" -> "running_var";
            default -> tensor.key();
          };
      return TensorForm.same(module + "." + name, shape);
    }
    String name =
        module
            + "."
            + switch (tensor.key()) {
              case "W", "gamma" -> "weight";
              case "b", "beta" -> "bias";
              default -> tensor.key();
            };
    if (tensor.order() == 'f') { // column-major: the same numbers as row-major with reversed axes
      return TensorForm.same(name, reversed(shape));
    }
    if (layer instanceof ConvolutionLayer && tensor.key().equals("W")) {
      return kernels(name, shape, layer);
    }
    return TensorForm.same(name, shape);
  }

  private static TensorForm kernels(String name, long[] shape, Layer layer) {
    if (layer instanceof Convolution1DLayer) {
      // DL4J says (outputs, inputs, steps, 1), and reads the numbers as (steps, inputs, outputs).
      return TensorForm.permuted(name, new long[] {shape[2], shape[1], shape[0]}, 2, 1, 0);
    }
    if (layer instanceof Deconvolution3D) {
      return TensorForm.permuted(name, shape, 4, 3, 0, 1, 2);
    }
    if (layer instanceof DepthwiseConvolution2D) { // height, width, in, multiplier
      return new TensorForm(
          name,
          shape,
          new int[] {2, 3, 0, 1},
          new long[] {shape[2] * shape[3], 1, shape[0], shape[1]});
    }
    if (layer instanceof SeparableConvolution2D) { // multiplier, in, height, width
      return new TensorForm(
          name,
          shape,
          new int[] {1, 0, 2, 3},
          new long[] {shape[0] * shape[1], 1, shape[2], shape[3]});
    }
    return TensorForm.same(name, shape);
  }

  private static long[] reversed(long[] shape) {
    long[] reversed = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      reversed[i] = shape[shape.length - 1 - i];
    }
    return reversed;
  }
}
