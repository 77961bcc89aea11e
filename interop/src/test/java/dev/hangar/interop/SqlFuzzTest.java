package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Statements by chance (S-3): each of DuckDB's functions, with arguments that suit it and others.
 */
class SqlFuzzTest {
  private static final String JAVA = "-Xmx256m";
  private static final String MEMORY = "1g";
  private static final String STATEMENTS = "3000";

  /** The script's own deadline is shorter. */
  private static final Duration TIMEOUT = Duration.ofMinutes(6);

  @TempDir private Path folder;
  private final Random random = new Trials("S-3 statements").random();

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  void noFunctionEndsTheServer() throws Exception {
    try (var server = ServerProcess.start(folder, JAVA, "--memory", MEMORY)) {
      for (int run = 0; run < Trials.count(1, 30); run++) {
        var seed = String.valueOf(random.nextInt(Integer.MAX_VALUE));
        var out = Python.run("sql_fuzz.py", TIMEOUT, server.url(), seed, STATEMENTS);
        assertThat(out).contains(" 0 failed");
        System.out.print(out);
      }
      server.stop();
    }
  }
}
