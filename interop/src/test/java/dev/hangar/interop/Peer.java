package dev.hangar.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Somebody else's Flight library, as a client and as a server of the scenarios. */
enum Peer {
  PYARROW("pyarrow") {
    @Override
    void play(Scenario scenario, int port, Set<String> without) {
      Python.run("scenario_client.py", CLIENT_TIMEOUT, words(scenario, port, without));
    }

    @Override
    Server serve(Scenario scenario) {
      return new Program(Python.start("scenario_server.py", "--scenario", scenario.title()));
    }
  },
  GO("Go") {
    @Override
    void play(Scenario scenario, int port, Set<String> without) {
      run(PeerProgram.GO, scenario, port, without);
    }

    @Override
    Server serve(Scenario scenario) {
      return start(PeerProgram.GO, scenario);
    }
  },
  RUST("Rust") {
    @Override
    void play(Scenario scenario, int port, Set<String> without) {
      run(PeerProgram.RUST, scenario, port, without);
    }

    @Override
    Server serve(Scenario scenario) {
      return start(PeerProgram.RUST, scenario);
    }
  },
  FLIGHT_CORE("flight-core") {
    @Override
    void play(Scenario scenario, int port, Set<String> without) {
      FlightCoreClient.play(scenario, port, without);
    }

    @Override
    Server serve(Scenario scenario) {
      return FlightCoreServer.start(scenario);
    }
  },
  JAVASCRIPT("JavaScript") {
    @Override
    void play(Scenario scenario, int port, Set<String> without) {
      run(PeerProgram.JAVASCRIPT, scenario, port, without);
    }

    @Override
    Server serve(Scenario scenario) {
      throw new AssertionError(NotOffered.NO_JAVASCRIPT_SERVER);
    }
  };

  private static final Duration CLIENT_TIMEOUT = Duration.ofMinutes(1);
  private static final String READY = "ready at ";

  private final String title;

  Peer(String title) {
    this.title = title;
  }

  /** A server that plays a scenario, until it is closed. */
  interface Server extends AutoCloseable {
    int port();

    @Override
    void close();
  }

  /** A server that is a program of its own. */
  private record Program(Running process, int port) implements Server {
    Program(Running process) {
      this(process, port(process));
    }

    private static int port(Running process) {
      try {
        var ready = process.awaitLine(line -> line.startsWith(READY));
        return Integer.parseInt(ready.substring(ready.lastIndexOf(':') + 1).strip());
      } catch (AssertionError e) {
        process.close();
        throw e;
      }
    }

    @Override
    public void close() {
      process.close();
    }
  }

  /**
   * Plays the client's part to its end.
   *
   * @param without tables not to put
   * @throws AssertionError with what was not as it has to be
   */
  abstract void play(Scenario scenario, int port, Set<String> without);

  /** Starts the server's part. */
  abstract Server serve(Scenario scenario);

  @Override
  public String toString() {
    return title;
  }

  private static String[] words(Scenario scenario, int port, Set<String> without) {
    var words = new ArrayList<>(List.of("--host", "127.0.0.1", "--port", Integer.toString(port)));
    words.addAll(List.of("--scenario", scenario.title()));
    if (scenario == Scenario.DATA) {
      words.addAll(List.of("--data", Tables.folder().toString()));
      without.forEach(name -> words.addAll(List.of("--skip", name)));
    }
    return words.toArray(String[]::new);
  }

  private static void run(PeerProgram program, Scenario scenario, int port, Set<String> without) {
    var words = new ArrayList<>(program.words());
    words.add("client");
    words.addAll(List.of(words(scenario, port, without)));
    Command.of(words).within(CLIENT_TIMEOUT).run();
  }

  private static Server start(PeerProgram program, Scenario scenario) {
    var words = new ArrayList<>(program.words());
    words.addAll(List.of("server", "--port", "0", "--scenario", scenario.title()));
    return new Program(Running.start(words, Map.of()));
  }
}
