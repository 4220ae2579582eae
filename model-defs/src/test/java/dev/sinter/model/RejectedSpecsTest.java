package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RejectedSpecsTest {
  private static final String CE = "cross-entropy";
  private static final String DICE = "dice-cross-entropy";
  private static final String NAMES = String.join(", ", ModelRegistry.names());

  static Stream<Arguments> rejected() {
    return Stream.of(
        arguments(
            spec("resnet-18", 3, 224, 224, 2, CE, Map.of()),
            "MODEL_UNKNOWN",
            "there is no model \"resnet-18\"; did you mean \"resnet18\"?",
            "Set model.name to one of " + NAMES + "."),
        arguments(
            spec("u-net", 3, 224, 224, 2, CE, Map.of()),
            "MODEL_UNKNOWN",
            "there is no model \"u-net\"; did you mean \"unet\"?",
            "Set model.name to one of " + NAMES + "."),
        arguments(
            spec("resnet18", 3, 224, 224, 2, CE, Map.of("stemm", "small")),
            "MODEL_OPTION_UNKNOWN",
            "resnet18 has no option \"stemm\"",
            "Remove model.options.stemm, or use one of resnet18's options:"
                + " stem (imagenet or small); zero-init-residual (true or false)."),
        arguments(
            spec("resnet18", 3, 224, 224, 2, CE, Map.of("stem", "tiny")),
            "MODEL_OPTION_INVALID",
            "model.options.stem of resnet18 is \"tiny\"",
            "Set model.options.stem to imagenet or small."),
        arguments(
            spec("resnet18", 3, 224, 224, 2, CE, Map.of("zero-init-residual", 1)),
            "MODEL_OPTION_INVALID",
            "model.options.zero-init-residual of resnet18 is \"1\"",
            "Set model.options.zero-init-residual to true or false."),
        arguments(
            spec("resnet20", 3, 32, 32, 2, CE, Map.of("shortcut", "conv")),
            "MODEL_OPTION_INVALID",
            "model.options.shortcut of resnet20 is \"conv\"",
            "Set model.options.shortcut to identity or projection."),
        arguments(
            spec("plain20", 3, 32, 32, 2, CE, Map.of("shortcut", "identity")),
            "MODEL_OPTION_UNKNOWN",
            "plain20 has no option \"shortcut\"",
            "Remove model.options.shortcut; plain20 has no options."),
        arguments(
            spec("resnet110", 3, 7, 32, 2, CE, Map.of()),
            "IMAGE_TOO_SMALL_FOR_MODEL",
            "resnet110 needs images of at least 8x8, but they are 7x32 (height x width)",
            "Resize the images to 8x8 or more."),
        arguments(
            spec("vgg16", 3, 224, 31, 2, CE, Map.of()),
            "IMAGE_TOO_SMALL_FOR_MODEL",
            "vgg16 needs images of at least 32x32, but they are 224x31 (height x width)",
            "Resize the images to 32x32 or more."),
        arguments(
            spec("vgg19-bn", 3, 64, 64, 2, CE, Map.of("dropout", 0.95)),
            "MODEL_OPTION_INVALID",
            "model.options.dropout of vgg19-bn is \"0.95\"",
            "Set model.options.dropout to a number from 0 to 0.9."),
        arguments(
            spec("vgg19", 3, 64, 64, 2, CE, Map.of("dropout", "half")),
            "MODEL_OPTION_INVALID",
            "model.options.dropout of vgg19 is \"half\"",
            "Set model.options.dropout to a number from 0 to 0.9."),
        arguments(
            spec("vgg19", 3, 64, 64, 2, CE, Map.of("grid", 8)),
            "MODEL_OPTION_INVALID",
            "model.options.grid of vgg19 is \"8\"",
            "Set model.options.grid to a whole number from 1 to 7."),
        arguments(
            spec("inception-v3", 3, 299, 298, 2, CE, Map.of()),
            "IMAGE_TOO_SMALL_FOR_MODEL",
            "inception-v3 needs images of at least 299x299, but they are 299x298 (height x width)",
            "Resize the images to 299x299 or more, or set model.options.auxiliary-head to false."),
        arguments(
            spec("inception-v3", 3, 74, 299, 2, CE, Map.of("auxiliary-head", false)),
            "IMAGE_TOO_SMALL_FOR_MODEL",
            "inception-v3 needs images of at least 75x75, but they are 74x299 (height x width)",
            "Resize the images to 75x75 or more."),
        arguments(
            spec("highway", 1, 28, 28, 10, CE, Map.of("gate-bias", 0)),
            "MODEL_OPTION_INVALID",
            "model.options.gate-bias of highway is \"0\"",
            "Set model.options.gate-bias to a whole number from -10 to -1."),
        arguments(
            spec("highway", 1, 0, 28, 10, CE, Map.of()),
            "IMAGE_TOO_SMALL_FOR_MODEL",
            "highway needs images of at least 1x1, but they are 0x28 (height x width)",
            "Resize the images to 1x1 or more."),
        arguments(
            new ModelSpec("skip-lstm", InputShape.sequence(3, 0), 2, CE, Map.of(), 1),
            "SEQUENCE_TOO_SHORT_FOR_MODEL",
            "skip-lstm needs sequences of at least 1 step(s), but they have 0",
            "Give longer sequences, or pad them."),
        arguments(
            new ModelSpec("skip-lstm", InputShape.sequence(3, 9), 2, CE, Map.of("skip", "gate"), 1),
            "MODEL_OPTION_INVALID",
            "model.options.skip of skip-lstm is \"gate\"",
            "Set model.options.skip to add or concat or none."),
        arguments(
            new ModelSpec("skip-mlp", InputShape.row(3), 2, CE, Map.of("width", 0), 1),
            "MODEL_OPTION_INVALID",
            "model.options.width of skip-mlp is \"0\"",
            "Set model.options.width to a whole number from 1 to 4096."),
        arguments(
            spec("unet", 1, 64, 64, 2, CE, Map.of("depth", 2.5)),
            "MODEL_OPTION_INVALID",
            "model.options.depth of unet is \"2.5\"",
            "Set model.options.depth to a whole number from 1 to 6."),
        arguments(
            spec("unet", 1, 64, 64, 2, CE, Map.of("width", 0)),
            "MODEL_OPTION_INVALID",
            "model.options.width of unet is \"0\"",
            "Set model.options.width to a whole number from 1 to 256."),
        arguments(
            spec("resnet18", 3, 31, 224, 2, CE, Map.of()),
            "IMAGE_TOO_SMALL_FOR_MODEL",
            "resnet18 needs images of at least 32x32, but they are 31x224 (height x width)",
            "Resize the images to 32x32 or more, or set model.options.stem to small."),
        arguments(
            spec("resnet50", 3, 7, 7, 2, CE, Map.of("stem", "small")),
            "IMAGE_TOO_SMALL_FOR_MODEL",
            "resnet50 needs images of at least 8x8, but they are 7x7 (height x width)",
            "Resize the images to 8x8 or more."),
        arguments(
            spec("densenet121", 3, 224, 28, 2, CE, Map.of()),
            "IMAGE_TOO_SMALL_FOR_MODEL",
            "densenet121 needs images of at least 29x29, but they are 224x28 (height x width)",
            "Resize the images to 29x29 or more, or set model.options.stem to small."),
        arguments(
            spec("densenet201", 3, 7, 8, 2, CE, Map.of("stem", "small")),
            "IMAGE_TOO_SMALL_FOR_MODEL",
            "densenet201 needs images of at least 8x8, but they are 7x8 (height x width)",
            "Resize the images to 8x8 or more."),
        arguments(
            spec("unet", 1, 8, 8, 2, CE, Map.of()),
            "IMAGE_TOO_SMALL_FOR_MODEL",
            "unet needs images of at least 16x16, but they are 8x8 (height x width)",
            "Resize the images to 16x16 or more, or lower model.options.depth."),
        arguments(
            spec("unet", 1, 100, 64, 2, CE, Map.of()),
            "IMAGE_SIZE_NOT_DIVISIBLE",
            "unet with depth 4 needs a height and width that are multiples of 16,"
                + " but they are 100x64",
            "Pad or resize the height to 96 or 112 and the width to 64,"
                + " or set model.options.depth to 2."),
        arguments(
            spec("unet", 1, 63, 64, 2, CE, Map.of("depth", 3)),
            "IMAGE_SIZE_NOT_DIVISIBLE",
            "unet with depth 3 needs a height and width that are multiples of 8,"
                + " but they are 63x64",
            "Pad or resize the height to 56 or 64 and the width to 64."),
        arguments(
            spec("unet", 1, 64, 64, 2, CE, Map.of("norm", "layer")),
            "MODEL_OPTION_INVALID",
            "model.options.norm of unet is \"layer\"",
            "Set model.options.norm to batch or instance or group or none."),
        arguments(
            spec("unet", 1, 64, 64, 2, CE, Map.of("up", "bilinear")),
            "MODEL_OPTION_INVALID",
            "model.options.up of unet is \"bilinear\"",
            "Set model.options.up to convolution or interpolation."),
        arguments(
            spec("unet", 1, 64, 64, 2, CE, Map.of("dropout", 1)),
            "MODEL_OPTION_INVALID",
            "model.options.dropout of unet is \"1\"",
            "Set model.options.dropout to a number from 0 to 0.9."),
        arguments(
            spec("unet", 1, 64, 64, 2, CE, Map.of("dropout", "half")),
            "MODEL_OPTION_INVALID",
            "model.options.dropout of unet is \"half\"",
            "Set model.options.dropout to a number from 0 to 0.9."),
        arguments(
            spec("unet", 1, 64, 64, 2, CE, Map.of("depth", 1, "deep-supervision", "true")),
            "MODEL_OPTION_INVALID",
            "model.options.deep-supervision of unet is \"true\" with depth 1,"
                + " where the way up has one level only",
            "Set model.options.depth to a whole number from 2 to 6,"
                + " or model.options.deep-supervision to false."),
        arguments(
            spec("unet", 1, 16, 16, 2, CE, Map.of("norm", "instance")),
            "IMAGE_TOO_SMALL_FOR_MODEL",
            "unet needs images of at least 32x32, but they are 16x16 (height x width)",
            "Resize the images to 32x32 or more, or lower model.options.depth,"
                + " or set model.options.norm to batch or group or none."),
        arguments(
            spec("unet-dense", 1, 64, 48, 2, CE, Map.of()),
            "IMAGE_SIZE_NOT_DIVISIBLE",
            "unet-dense with depth 5 needs a height and width that are multiples of 32,"
                + " but they are 64x48",
            "Pad or resize the height to 64 and the width to 32 or 64,"
                + " or set model.options.depth to 4."),
        arguments(
            volume(4, 8, 16, Map.of()),
            "IMAGE_TOO_SMALL_FOR_MODEL",
            "unet3d needs volumes of at least 8x8x8, but they are 4x8x16 (depth x height x width)",
            "Resize the volumes to 8x8x8 or more, or lower model.options.depth."),
        arguments(
            volume(12, 16, 20, Map.of()),
            "IMAGE_SIZE_NOT_DIVISIBLE",
            "unet3d with depth 3 needs a depth, height and width that are multiples of 8,"
                + " but they are 12x16x20",
            "Pad or resize the depth to 8 or 16, the height to 16 and the width to 16 or 24,"
                + " or set model.options.depth to 2."),
        arguments(
            volume(8, 8, 8, Map.of("width", 1)),
            "MODEL_OPTION_INVALID",
            "model.options.width of unet3d is \"1\"",
            "Set model.options.width to a whole number from 2 to 256."),
        arguments(
            spec("unet3d", 1, 64, 64, 2, CE, Map.of()),
            "MODEL_INPUT_MISMATCH",
            "unet3d takes volumes (channels x depth x height x width),"
                + " but was asked for with images of 1x64x64",
            "Choose a network for images; `sinter models` lists all with their inputs."),
        arguments(
            new ModelSpec("unet", InputShape.volume(1, 8, 64, 64), 2, CE, Map.of(), 1),
            "MODEL_INPUT_MISMATCH",
            "unet takes images (channels x height x width),"
                + " but was asked for with volumes of 1x8x64x64",
            "Choose a network for volumes; `sinter models` lists all with their inputs."),
        arguments(
            spec("resnet18", 0, 224, 224, 2, CE, Map.of()),
            "CHANNELS_TOO_FEW",
            "resnet18 was asked for with 0 as the number of input channels",
            "Give at least 1 channel: 1 for grey images, 3 for colour."),
        arguments(
            spec("unet", 1, 64, 64, 1, CE, Map.of()),
            "CLASSES_TOO_FEW",
            "unet was asked for with 1 as the number of classes",
            "Give at least 2 classes; the background of a segmentation counts as one."),
        arguments(
            spec("resnet18", 3, 224, 224, 2, DICE, Map.of()),
            "LOSS_NOT_FOR_TASK",
            "loss \"dice-cross-entropy\" needs one class per pixel,"
                + " but resnet18 is a classification network",
            "Set train.loss to cross-entropy, or choose a segmentation network."),
        arguments(
            spec("unet", 1, 64, 64, 2, "dice", Map.of()),
            "LOSS_UNKNOWN",
            "there is no loss \"dice\"",
            "Set train.loss to cross-entropy or dice-cross-entropy."));
  }

  private static ModelSpec volume(int depth, int height, int width, Map<String, Object> options) {
    return new ModelSpec("unet3d", InputShape.volume(1, depth, height, width), 2, CE, options, 1);
  }

  private static ModelSpec spec(
      String name,
      int channels,
      int height,
      int width,
      int classes,
      String loss,
      Map<String, Object> options) {
    return new ModelSpec(name, channels, height, width, classes, loss, options, 1);
  }

  @ParameterizedTest
  @MethodSource("rejected")
  void saysWhatIsWrongAndWhatToDo(ModelSpec spec, String code, String problem, String remedy) {
    SinterException thrown =
        catchThrowableOfType(SinterException.class, () -> ModelRegistry.configuration(spec));
    assertThat(thrown).hasMessage(problem);
    assertThat(thrown.code()).isEqualTo(code);
    assertThat(thrown.remedy()).isEqualTo(remedy);
    assertThat(thrown.category()).isEqualTo(ErrorCategory.USAGE);
  }
}
