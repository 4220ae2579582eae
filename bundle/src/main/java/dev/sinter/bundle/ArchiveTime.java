package dev.sinter.bundle;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The time that every entry of an archive carries, whenever and wherever it is built. */
record ArchiveTime(Instant instant) {

  /** Zip files hold local time: what comes out as the same in every time zone. */
  long zipMilliseconds() {
    return LocalDateTime.ofInstant(instant, ZoneOffset.UTC)
        .atZone(ZoneId.systemDefault())
        .toInstant()
        .toEpochMilli();
  }
}
