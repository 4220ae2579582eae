package dev.sinter.trainer.cli;

import dev.sinter.trainer.training.TrainingJob;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --resume auto|never}. */
final class ResumeConverter implements ITypeConverter<TrainingJob.Resume> {
  @Override
  public TrainingJob.Resume convert(String value) {
    return switch (value) {
      case "auto" -> TrainingJob.Resume.AUTO;
      case "never" -> TrainingJob.Resume.NEVER;
      default -> throw new TypeConversionException("'" + value + "' is neither auto nor never");
    };
  }
}
