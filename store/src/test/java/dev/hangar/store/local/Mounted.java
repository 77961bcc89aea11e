package dev.hangar.store.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A file system of its own, where this machine lets us mount one; else its test is skipped. */
final class Mounted implements AutoCloseable {
  private final Path directory;

  private Mounted(Path directory) {
    this.directory = directory;
  }

  /** One in memory, with room for so much. */
  static Mounted memory(Path directory, int mebibytes) {
    return mounted(directory, "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs");
  }

  /** The one in an image's file. */
  static Mounted image(Path directory, Path image) {
    return mounted(directory, "-o", "loop", image.toString());
  }

  private static Mounted mounted(Path directory, String... arguments) {
    var command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(arguments));
    command.add(directory.toString());
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Assumptions.assumeTrue(run(command) == 0, "nothing can be mounted here");
    return new Mounted(directory);
  }

  /** From now on nothing is written to it. */
  void makeReadOnly() {
    if (run(List.of("mount", "-o", "remount,ro", directory.toString())) != 0) {
      throw new IllegalStateException(directory + " can't be made read-only");
    }
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() {
    if (run(List.of("umount", directory.toString())) != 0) {
      throw new IllegalStateException(directory + " is still in use");
    }
  }

  /** What a command ends with; -1: there is no such command. */
  static int run(List<String> command) {
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IllegalStateException("no end of " + command);
      }
      return process.exitValue();
    } catch (IOException e) {
      return -1;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
