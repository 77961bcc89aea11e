package dev.hangar.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A program that runs beside the test and is watched line by line, output and errors together.
 * Closing it ends it, by force if it will not go. Thread-safe.
 */
final class Running implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

  private final Process process;
  private final Thread reader;
  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  private Running(Process process) {
    this.process = process;
    this.reader = Thread.ofVirtual().start(this::read);
  }

  static Running start(List<String> words, Map<String, String> environment) {
    var builder = new ProcessBuilder(words).directory(Project.root().toFile());
    builder.environment().putAll(environment);
    try {
      return new Running(builder.redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for a line and returns it; an error shows all lines that came instead. */
  synchronized String awaitLine(Predicate<String> wanted) {
    var deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
    for (var next = 0; ; ) {
      for (; next < lines.size(); next++) {
        if (wanted.test(lines.get(next))) {
          return lines.get(next);
        }
      }
      var leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
      if (ended || leftMillis <= 0) {
        throw new AssertionError("the line did not come; these did: " + lines);
      }
      pause(leftMillis);
    }
  }

  /** The lines so far. */
  synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  /** Asks it to end, as a terminal or a service manager does. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** The number of its process. */
  long pid() {
    return process.pid();
  }

  /** Ends it as a crash does, and waits until it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    awaitExit();
  }

  /** Waits for its end; its exit code. */
  int awaitExit() throws InterruptedException {
    if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("still running after " + STOP_TIMEOUT + ": " + lines());
    }
    reader.join();
    return process.exitValue();
  }

  /** Closes its standard input, waits a while, and ends it by force if that was not enough. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      process.toHandle().destroy();
      if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      reader.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (var line = output.readLine(); line != null; line = output.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      add("reading its output failed: " + e);
    } finally {
      end();
    }
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  private synchronized void pause(long millis) {
    try {
      wait(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a line", e);
    }
  }
}
