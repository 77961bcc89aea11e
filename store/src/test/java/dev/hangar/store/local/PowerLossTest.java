package dev.hangar.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.store.Durability;
import dev.hangar.store.Trials;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.WriteOptions.Mode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power that is lost while commits go on, where this machine lets us mount a disk's image. A
 * process that writes is stopped, and the image's file copied as it is: without what the file
 * system still keeps in memory, which is what a machine would find. All that was acknowledged has
 * to be there.
 */
@Timeout(600)
class PowerLossTest {
  private static final WriteOptions APPEND = WriteOptions.DEFAULT.withMode(Mode.APPEND);
  private static final long IMAGE_BYTES = 64L << 20;
  private static final int WRITERS = 3;

  @TempDir private Path folder;

  /** The process that writes: each thread to a table of its own, the next number each time. */
  static final class Writer {
    public static void main(String[] args) throws Exception {
      try (var store = open(Path.of(args[0]))) {
        var threads =
            IntStream.range(0, WRITERS)
                .mapToObj(writer -> Thread.ofPlatform().start(() -> write(store, writer)))
                .toList();
        for (Thread thread : threads) {
          thread.join();
        }
      }
    }

    private static void write(LocalStore store, int writer) {
      int next = count(store, writer);
      while (true) {
        new Numbers().put(store, "t" + writer, APPEND, next++);
        System.out.println(writer + " " + next);
      }
    }

    private static int count(LocalStore store, int writer) {
      return store.list().stream().anyMatch(table -> table.name().toString().equals("t" + writer))
          ? Numbers.values(store, "t" + writer).size()
          : 0;
    }
  }

  @Test
  void whatWasAcknowledgedIsThereWhenPowerIsBack() throws Exception {
    var trials = new Trials("power losses");
    var random = trials.random();
    var image = image();
    for (int round = 0; round < Trials.count(10, 100); round++) {
      var copy = folder.resolve("copy");
      int[] acknowledged = lose(image, copy, random);
      trials.count(isThere(copy, acknowledged));
      Files.delete(copy);
    }
    trials.report();
    assertThat(trials.failed()).as(trials.replay()).isZero();
  }

  private Path image() throws IOException {
    var image = folder.resolve("image");
    try (var file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(IMAGE_BYTES);
    }
    int made = Mounted.run(List.of("mkfs.ext4", "-q", "-F", image.toString()));
    Assumptions.assumeTrue(made == 0, "no file system can be made here");
    return image;
  }

  /** How many writes of each thread had been acknowledged when the process was stopped. */
  private int[] lose(Path image, Path copy, Random random) throws Exception {
    try (var mounted = Mounted.image(folder.resolve("disk"), image)) {
      var process = start(mounted.directory().resolve("data"));
      int[] acknowledged = new int[WRITERS];
      try (BufferedReader lines = process.inputReader()) {
        int enough = 1 + random.nextInt(60);
        for (int line = 0; line < enough; line++) {
          note(lines.readLine(), acknowledged);
        }
        assertThat(Mounted.run(List.of("kill", "-STOP", "" + process.pid()))).isZero();
        copyAtRest(image, copy);
        process.toHandle().destroyForcibly();
      } finally {
        process.destroyForcibly().waitFor();
      }
      return acknowledged;
    }
  }

  private static void note(String line, int[] acknowledged) {
    assertThat(line).as("what the writer says").matches("\\d \\d+");
    acknowledged[line.charAt(0) - '0'] = Integer.parseInt(line.substring(2));
  }

  /** A call that was under way may still write: two copies that are the same are of one moment. */
  private void copyAtRest(Path image, Path copy) throws IOException {
    var second = folder.resolve("second");
    do {
      Files.deleteIfExists(copy);
      Files.deleteIfExists(second);
      Files.copy(image, copy);
      Files.copy(image, second);
    } while (Files.mismatch(copy, second) >= 0);
    Files.delete(second);
  }

  /** Mounting reads the file system's journal, as after any crash. */
  private boolean isThere(Path copy, int[] acknowledged) {
    try (var mounted = Mounted.image(folder.resolve("after"), copy);
        var store = open(mounted.directory().resolve("data"))) {
      assertThat(store.damages()).isEmpty();
      assertThat(store.upkeep().verify(null, fault -> {}).faults()).isZero();
      boolean isThere = true;
      for (int writer = 0; writer < WRITERS; writer++) {
        isThere &= acknowledged[writer] == 0 || isThere(store, writer, acknowledged[writer]);
      }
      new Numbers().put(store, "after", 1);
      return isThere;
    }
  }

  private static boolean isThere(LocalStore store, int writer, int acknowledged) {
    var values = Numbers.values(store, "t" + writer);
    return values.size() >= acknowledged
        && values.equals(IntStream.range(0, values.size()).boxed().toList());
  }

  private static Process start(Path directory) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static LocalStore open(Path directory) {
    return LocalStore.open(
        DataDirectory.open(directory), Durability.DISK, Duration.ZERO, Clock.systemUTC());
  }
}
