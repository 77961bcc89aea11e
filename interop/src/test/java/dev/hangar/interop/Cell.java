package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.wire.FlightServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A scenario between a peer and a side of ours. */
record Cell(Scenario scenario, Peer peer, Side side) {
  /** What of ours plays; the peer is the other. */
  enum Side {
    SERVER("our server"),
    CLIENT("our client"),
    HANGAR("Hangar");

    private final String title;

    Side(String title) {
      this.title = title;
    }

    @Override
    public String toString() {
      return title;
    }
  }

  /** Every scenario between every peer and these sides. */
  static List<Cell> of(Side... sides) {
    return Arrays.stream(Scenario.values())
        .flatMap(scenario -> Arrays.stream(sides).flatMap(side -> of(scenario, side)))
        .toList();
  }

  private static Stream<Cell> of(Scenario scenario, Side side) {
    return Arrays.stream(Peer.values()).map(peer -> new Cell(scenario, peer, side));
  }

  /** Why there is nothing to play here; empty where there is. */
  Optional<String> reason() {
    return NotOffered.reason(this);
  }

  void play() {
    if (side == Side.SERVER) {
      playAgainstOurServer();
      return;
    }
    try (var server = peer.serve(scenario)) {
      var without = new TreeSet<>(NotOffered.tables(peer));
      without.addAll(NotOffered.TABLES_JAVA);
      if (side == Side.CLIENT) {
        OurClient.play(scenario, server.port(), without, NotOffered.silentTables(peer));
      } else {
        without.addAll(NotOffered.TABLES_RENAMED);
        OurHangar.play(scenario, server.port(), without);
      }
    }
  }

  private void playAgainstOurServer() {
    if (scenario == Scenario.DATA) {
      try (var subject = new Subject()) {
        peer.play(scenario, subject.port(), NotOffered.tables(peer));
      }
      return;
    }
    var server = ourServer();
    try {
      peer.play(scenario, server.port(), NotOffered.tables(peer));
    } finally {
      server.close();
    }
    assertThat(server.bodyBytes()).isZero();
  }

  private FlightServer ourServer() {
    try {
      return FlightServer.builder(new ScenarioService(scenario)).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return side == Side.SERVER
        ? "scenario %s: %s client → %s".formatted(scenario, peer, side)
        : "scenario %s: %s → %s server".formatted(scenario, side, peer);
  }
}
