package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What pyarrow sees of a server that is asked for too much. */
class LimitsTest {
  private static final String SCRIPT = "limits.py";
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final long SMALL_MEMORY_BYTES = 64L << 20;

  /** Puts that the script makes and that do not fit. */
  private static final int REFUSED = 3;

  @Test
  void clientThatReadsNoAcknowledgementsComesToItsEnd() {
    try (var subject = new Subject()) {
      Python.run(SCRIPT, TIMEOUT, subject.url(), "acknowledgements");
    }
  }

  @Test
  void putPastTheMemoryIsRefusedAndDroppedTablesMakeRoom() {
    var subject = new Subject(SMALL_MEMORY_BYTES);
    try (subject) {
      var budget = String.valueOf(SMALL_MEMORY_BYTES);
      Python.run(SCRIPT, TIMEOUT, subject.url(), "memory", budget);
    }
    assertThat(subject.lines())
        .filteredOn(line -> line.contains("DoPut") && !line.contains("OK"))
        .hasSize(REFUSED);
  }
}
