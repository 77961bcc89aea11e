package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store on disk as plain pyarrow writes and reads it, before and after a restart. */
@Timeout(240)
class PyArrowStoreTest {
  private static final String SCRIPT = "store.py";
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir private Path data;

  @Test
  void whatPyArrowWritesOutlivesTheServer() throws Exception {
    for (var phase : new String[] {"write", "read"}) {
      try (var server = ServerProcess.start(data, "-Xmx256m")) {
        assertThat(Python.run(SCRIPT, TIMEOUT, server.url(), phase, data.toString()))
            .contains(phase + " passed");
        server.stop();
      }
    }
  }
}
