package dev.hangar.interop;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Overwrites under readers, puts that break off and bad names, as pyarrow sees them. */
class OverwriteTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(4);

  @Test
  void readersKeepTheirVersionAndBrokenPutsLeaveNone() {
    try (var subject = new Subject()) {
      Python.run("overwrite.py", TIMEOUT, subject.url());
    }
  }
}
