package dev.sinter.trainer.tuning;

import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.config.SearchParameter;
import dev.sinter.trainer.config.TuneFile;
import dev.sinter.trainer.data.SplitMix64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One configuration of a search.
 *
 * @param number counted from 1
 * @param values what was drawn: full key to value in YAML
 * @param run the whole configuration
 */
record Trial(int number, Map<String, String> values, RunConfig run) {
  private static final long PER_TRIAL = 0x9E3779B97F4A7C15L;

  /** A trial; what is drawn depends on the seed, its number and the order of the keys alone. */
  static Trial of(TuneFile file, String output, int number) {
    SplitMix64 random =
        new SplitMix64(new SplitMix64(file.tune().seed()).nextLong() + number * PER_TRIAL);
    random.nextLong();
    Map<String, String> values = new LinkedHashMap<>();
    for (SearchParameter parameter : file.tune().parameters()) {
      values.put(parameter.key(), parameter.draw(random));
    }
    String name = String.format(Locale.ROOT, "trial-%03d", number);
    return new Trial(number, values, file.trial(name, output + "/trials/" + name, values));
  }
}
