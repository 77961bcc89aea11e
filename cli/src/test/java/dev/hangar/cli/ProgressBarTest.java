package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a bar shows, and when. */
@Timeout(60)
class ProgressBarTest {
  private static final String CLEAR = "\r\u001b[K";

  private final StringWriter shown = new StringWriter();
  private final AtomicLong nanos = new AtomicLong();

  @Test
  void bytesOfBytesHaveARateAndATimeLeft() {
    var bar = bar("backup", OptionalLong.empty(), true);
    bar.bytes(0, 4_000_000);
    assertThat(shown()).as("too soon to be worth a line").isEmpty();
    after(Duration.ofSeconds(1));
    bar.bytes(0, 4_000_000);
    assertThat(shown())
        .isEqualTo(CLEAR + "backup  [" + "·".repeat(20) + "]   0%  0 B of 4.0 MB  0 B/s");
    after(Duration.ofSeconds(1));
    bar.bytes(1_000_000, 4_000_000);
    assertThat(shown())
        .isEqualTo(
            CLEAR
                + "backup  [█████"
                + "·".repeat(15)
                + "]  25%  1.0 MB of 4.0 MB  500.0 KB/s  6 s left");
    after(Duration.ofMillis(99));
    bar.bytes(2_000_000, 4_000_000);
    assertThat(shown()).as("too soon after the last").isEmpty();
    bar.close();
    assertThat(shown()).isEqualTo(CLEAR);
  }

  @Test
  void rowsOfRowsAreShownToo() {
    var bar = bar("put t", OptionalLong.of(100), true);
    after(Duration.ofSeconds(2));
    bar.update(50, 1_000_000);
    assertThat(shown())
        .contains("put t  [██████████··········]  50%  50 rows  1.0 MB  500.0 KB/s  2 s left");
  }

  @Test
  void nothingOfNothingIsAllAndNothingIsShownWithoutATerminal() {
    var bar = bar("verify", OptionalLong.empty(), true);
    after(Duration.ofSeconds(1));
    bar.bytes(0, 0);
    assertThat(shown()).contains("100%  0 B of 0 B");
    var silent = bar("verify", OptionalLong.empty(), false);
    after(Duration.ofSeconds(1));
    silent.bytes(1, 2);
    silent.close();
    assertThat(shown()).isEmpty();
  }

  private ProgressBar bar(String what, OptionalLong rows, boolean isShown) {
    return new ProgressBar(what, rows, isShown, new PrintWriter(shown, true), nanos::get);
  }

  private void after(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** What was shown since the last look. */
  private String shown() {
    String text = shown.toString();
    shown.getBuffer().setLength(0);
    return text;
  }
}
