package dev.sinter.trainer.doctor;

import dev.sinter.trainer.sync.ExchangePort;
import java.util.List;
import org.apache.spark.SparkConf;

/** Who may talk to the executors, and whether others can listen. */
final class AuthenticationCheck implements Check {
  private static final String AUTHENTICATE = "spark.authenticate";
  private static final String ENCRYPT = "spark.network.crypto.enabled";

  @Override
  public String name() {
    return "authentication";
  }

  @Override
  public List<Finding> examine(Site site) {
    if (site.embedded()) {
      return List.of(Finding.ok(name(), "not needed: one process"));
    }
    SparkConf conf = site.conf();
    if (!conf.getBoolean(AUTHENTICATE, false)) {
      return List.of(
          Finding.warning(
              name(),
              "off: whoever reaches the ports can take part",
              AUTHENTICATE
                  + "=true and "
                  + ENCRYPT
                  + "=true (and "
                  + AUTHENTICATE
                  + ".secret, but on YARN and Kubernetes)"));
    }
    for (Answer<Boolean> answer : site.ask(ExchangePort::admitsStranger)) {
      if (answer.value()) {
        return List.of(
            Finding.failure(
                name(),
                answer.who() + " takes messages from a peer without the secret",
                AUTHENTICATE + "=true before the executors start"));
      }
    }
    boolean encrypted =
        conf.getBoolean(ENCRYPT, false)
            || conf.getBoolean("spark.authenticate.enableSaslEncryption", false);
    return List.of(
        encrypted
            ? Finding.ok(name(), "on, a peer without the secret was refused; encrypted")
            : Finding.warning(
                name(),
                "on, a peer without the secret was refused; not encrypted",
                ENCRYPT + "=true"));
  }
}
