package dev.sinter.model.pretrained.keras;

import dev.sinter.model.ParameterTensor;
import dev.sinter.model.pretrained.TensorForm;
import dev.sinter.model.pretrained.TensorNames;
import dev.sinter.model.pretrained.WeightFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.conf.layers.Layer;

/** The names of keras-applications: rules from vertex names to Keras' layers, by family. */
public final class KerasApplicationNames implements TensorNames {
  private static final List<String> HEADS = List.of("predictions", "probs", "fc1000", "fc");

  /** VGG flattens 512 channels. */
  private static final long VGG_CHANNELS = 512;

  private record Rule(Pattern vertex, Function<MatchResult, String> layer) {
    static Rule of(String vertex, Function<MatchResult, String> layer) {
      return new Rule(Pattern.compile(vertex), layer);
    }
  }

  private static final Map<String, List<Rule>> FAMILIES =
      Map.of(
          "resnet",
          List.of(
              Rule.of("stem-(conv|bn)", match -> "conv1_" + match.group(1)),
              Rule.of(
                  "stage(\\d)-block(\\d+)-(conv|bn)(\\d)",
                  match -> block(match) + match.group(4) + "_" + match.group(3)),
              Rule.of(
                  "stage(\\d)-block(\\d+)-shortcut-(conv|bn)",
                  match -> block(match) + "0_" + match.group(3))),
          "densenet",
          List.of(
              Rule.of("stem-(conv|bn)", match -> "conv1/" + match.group(1)),
              // A layer begins with its normalisation, number 0.
              Rule.of(
                  "stage(\\d)-layer(\\d+)-bn(\\d)",
                  match -> block(match) + (Integer.parseInt(match.group(3)) - 1) + "_bn"),
              Rule.of(
                  "stage(\\d)-layer(\\d+)-conv(\\d)",
                  match -> block(match) + match.group(3) + "_conv"),
              Rule.of(
                  "transition(\\d)-(conv|bn)",
                  match -> "pool" + next(match.group(1)) + "_" + match.group(2)),
              Rule.of("final-bn", match -> "bn")),
          "vgg",
          List.of(
              Rule.of(
                  "block(\\d)-conv(\\d)",
                  match -> "block" + match.group(1) + "_conv" + match.group(2)),
              Rule.of("fc[12]", MatchResult::group)));

  /** Families whose layers have numbers in place of names. */
  private static final Map<String, Function<WeightFile, Function<String, Optional<String>>>>
      NUMBERED = Map.of("inception", file -> KerasInceptionNames.of(file)::layer);

  private final Function<String, Optional<String>> layers;
  private final String head;

  private KerasApplicationNames(Function<String, Optional<String>> layers, String head) {
    this.layers = layers;
    this.head = head;
  }

  /** The names of a family in a file; nothing for a family that keras-applications lacks. */
  public static Optional<TensorNames> of(String family, WeightFile file) {
    String head =
        HEADS.stream()
            .filter(name -> file.tensors().containsKey(name + "/kernel"))
            .findFirst()
            .orElse(HEADS.get(0));
    return layers(family, file).map(layers -> new KerasApplicationNames(layers, head));
  }

  private static Optional<Function<String, Optional<String>>> layers(
      String family, WeightFile file) {
    if (NUMBERED.containsKey(family)) {
      return Optional.of(NUMBERED.get(family).apply(file));
    }
    return Optional.ofNullable(FAMILIES.get(family)).map(rules -> vertex -> ruled(rules, vertex));
  }

  private static String block(MatchResult match) {
    return "conv" + next(match.group(1)) + "_block" + match.group(2) + "_";
  }

  private static int next(String number) {
    return Integer.parseInt(number) + 1;
  }

  @Override
  public Optional<TensorForm> of(ParameterTensor tensor, Layer layer) {
    return name(tensor.vertex())
        .flatMap(name -> KerasForms.of(name, tensor, layer, flattened(tensor)));
  }

  private Optional<String> name(String vertex) {
    return vertex.equals("head") ? Optional.of(head) : layers.apply(vertex);
  }

  private static Optional<String> ruled(List<Rule> rules, String vertex) {
    for (Rule rule : rules) {
      Matcher matcher = rule.vertex().matcher(vertex);
      if (matcher.matches()) {
        return Optional.of(rule.layer().apply(matcher.toMatchResult()));
      }
    }
    return Optional.empty();
  }

  private static Optional<long[]> flattened(ParameterTensor tensor) {
    if (!tensor.vertex().equals("fc1") || !tensor.key().equals("W")) {
      return Optional.empty();
    }
    long side = Math.round(Math.sqrt((double) tensor.shape()[0] / VGG_CHANNELS));
    return Optional.of(new long[] {VGG_CHANNELS, side, side});
  }
}
