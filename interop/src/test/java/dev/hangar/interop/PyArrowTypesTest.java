package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Every Arrow type and every way pyarrow can send one, there and back. */
class PyArrowTypesTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  @Test
  void everyTypeComesBackEqualBatchByBatch() {
    try (var subject = new Subject()) {
      assertThat(Python.run("arrow_types.py", TIMEOUT, subject.url())).contains(" 0 failed");
    }
  }
}
