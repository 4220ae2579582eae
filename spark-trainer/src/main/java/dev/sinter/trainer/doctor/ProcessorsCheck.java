package dev.sinter.trainer.doctor;

import dev.sinter.trainer.engine.Processor;
import java.io.Serializable;
import java.util.List;
import java.util.Set;

/** One type of CPU: others give other bits. */
final class ProcessorsCheck implements Check {
  private record Type(String model, String arithmetic) implements Serializable {
    static Type here() {
      Processor processor = Processor.current();
      return new Type(
          Processor.model(),
          (processor.hasAvx512()
                  ? "AVX-512"
                  : processor.hasAvx2() ? "AVX2" : "neither AVX2 nor 512")
              + (processor.multipliesBfloat16() ? ", multiplies bf16" : ", no bf16"));
    }

    @Override
    public String toString() {
      return model + " (" + arithmetic + ")";
    }
  }

  @Override
  public String name() {
    return "processors";
  }

  @Override
  public List<Finding> examine(Site site) {
    Set<Type> types = Site.values(site.ask(Type::here));
    if (types.size() > 1) {
      return List.of(
          Finding.warning(
              name(),
              types + ": weights are bit-identical on one type alone",
              "executors on one type of CPU (node label on YARN, nodeSelector on Kubernetes)"));
    }
    return List.of(Finding.ok(name(), types.iterator().next().toString()));
  }
}
