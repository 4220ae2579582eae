package dev.sinter.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestWordTest {
  private static final List<String> KEYS = List.of("epochs", "lanes", "seed");

  @Test
  void findsTheNearest() {
    assertThat(NearestWord.of("epoch", KEYS)).contains("epochs");
    assertThat(NearestWord.of("sede", KEYS)).contains("seed");
    assertThat(NearestWord.of("lane", KEYS)).contains("lanes");
  }

  @Test
  void givesNothingWhenAllAreFar() {
    assertThat(NearestWord.of("learning-rate", KEYS)).isEmpty();
  }
}
