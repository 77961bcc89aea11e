package dev.hangar.interop;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code ./hangar serve} on a data directory, as a process of its own that can be killed. */
final class ServerProcess implements AutoCloseable {
  private static final String LAUNCHER = Project.root().resolve("hangar").toString();
  private static final String READY = "Hangar ready at ";

  private final Running running;
  private final String url;
  private final Duration startTime;

  private ServerProcess(Running running, String url, Duration startTime) {
    this.running = running;
    this.url = url;
    this.startTime = startTime;
  }

  /**
   * Starts one, and waits until it is ready.
   *
   * @param javaOptions in words, as in {@code -Xmx64m}
   * @param more of {@code serve}'s options
   */
  static ServerProcess start(Path data, String javaOptions, String... more) {
    var words = new ArrayList<>(List.of(LAUNCHER, "serve", "--port", "0"));
    words.addAll(List.of("--data", data.toString()));
    words.addAll(List.of(more));
    long begin = System.nanoTime();
    var running = Running.start(words, Map.of("HANGAR_JAVA_OPTS", javaOptions));
    try {
      var line = running.awaitLine(each -> each.startsWith(READY));
      var took = Duration.ofNanos(System.nanoTime() - begin);
      return new ServerProcess(running, line.substring(READY.length()), took);
    } catch (RuntimeException | Error failed) {
      running.close();
      throw failed;
    }
  }

  String url() {
    return url;
  }

  int port() {
    return URI.create(url).getPort();
  }

  long pid() {
    return running.pid();
  }

  /** From before the process to the line that says that it is ready. */
  Duration startTime() {
    return startTime;
  }

  List<String> lines() {
    return running.lines();
  }

  /** Ends it with SIGKILL. */
  void kill() throws InterruptedException {
    running.kill();
  }

  /** Ends it with SIGTERM. */
  void stop() throws InterruptedException {
    running.terminate();
    if (running.awaitExit() != 0) {
      throw new AssertionError("it did not end well: " + lines());
    }
  }

  @Override
  public void close() {
    running.close();
  }
}
