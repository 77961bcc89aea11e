package dev.hangar.store.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process killed between any two instructions leaves every commit that it has acknowledged. */
@Timeout(300)
class KilledCatalogTest {
  private static final int KILLS = 10;
  private static final long SEED = Long.getLong("hangar.seed", 20261121);

  @TempDir Path directory;

  /** The process to be killed: puts into one table for ever, and tells each put that is done. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      var catalog = SqliteCatalog.open(Path.of(arguments[0]));
      List<Rows.Table> tables = catalog.load().tables();
      long current = tables.isEmpty() ? 0 : tables.getFirst().current();
      for (long version = current + 1; ; version++) {
        List<Edit> edits = new ArrayList<>(Samples.put(1, version - 1, version));
        edits.add(new Edit.RemovePart("p1-" + (version - 1)));
        edits.add(new Edit.RemoveVersion(1, version - 1));
        catalog.apply(edits);
        System.out.println(version);
      }
    }
  }

  @Test
  void acknowledgedCommitsAreThereAfterAKill() throws Exception {
    Path file = directory.resolve("catalog.db");
    var random = new Random(SEED);
    long acknowledged = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      long before = acknowledged;
      acknowledged = acknowledgedBeforeKill(file, 1 + random.nextInt(200));
      assertThat(acknowledged).as("kill %d, seed %d", kill, SEED).isGreaterThan(before);
      try (var catalog = SqliteCatalog.open(file)) {
        assertOneWholeVersion(catalog.load(), acknowledged);
      }
    }
  }

  /** At most one commit may be on disk that there was no time to acknowledge. */
  private static void assertOneWholeVersion(Contents contents, long acknowledged) {
    assertThat(contents.damages()).isEmpty();
    long current = contents.tables().getFirst().current();
    assertThat(current).isBetween(acknowledged, acknowledged + 1);
    assertThat(contents.versions()).extracting(Rows.Version::version).containsExactly(current);
    assertThat(contents.parts()).containsExactly(Samples.part(1, 0, "p1-" + current, current));
  }

  private static long acknowledgedBeforeKill(Path file, int commits) throws Exception {
    Process writer = start(file);
    try (BufferedReader lines = writer.inputReader()) {
      long last = 0;
      for (int line = 0; line < commits; line++) {
        last = Long.parseLong(lines.readLine());
      }
      // Not the process's own method, which closes the stream with what it said last.
      writer.toHandle().destroyForcibly();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = Long.parseLong(line);
      }
      return last;
    } finally {
      writer.destroyForcibly().waitFor();
    }
  }

  private static Process start(Path file) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
