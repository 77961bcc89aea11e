package dev.hangar.interop;

import dev.hangar.interop.Cell.Side;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** What became of the cells that were played, as a table to read. Thread-safe. */
final class Matrix {
  private static final Path FILE = Project.root().resolve("interop/target/interop-matrix.txt");
  private static final String OK = "ok";
  private static final String NOT_OFFERED = "–";
  private static final String NOT_PLAYED = "not played";

  private final Map<Cell, String> outcomes = new ConcurrentHashMap<>();

  /** Plays a cell and keeps what became of it. */
  void play(Cell cell) {
    outcomes.put(cell, "FAILED");
    try {
      cell.play();
    } catch (AssertionError | StatusException e) {
      throw new AssertionError(cell + ": " + e.getMessage(), e);
    }
    outcomes.put(cell, OK);
  }

  /** Writes all sides' tables to the file, and to standard output. */
  void write() {
    var text = new StringBuilder();
    for (var side : Side.values()) {
      write(side, text);
    }
    writeReasons(text);
    System.out.print(text);
    try {
      Files.writeString(FILE, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(Side side, StringBuilder text) {
    var heads = new LinkedHashMap<Peer, String>();
    for (var peer : Peer.values()) {
      heads.put(peer, peer + (side == Side.SERVER ? " client" : " server"));
    }
    var width = Scenario.width();
    text.append(pad(side.toString(), width));
    heads.values().forEach(head -> text.append("  ").append(head));
    text.append('\n');
    for (var scenario : Scenario.values()) {
      text.append(pad(scenario.title(), width));
      heads.forEach((peer, head) ->
          text.append("  ").append(pad(outcome(new Cell(scenario, peer, side)), head.length())));
      text.append('\n');
    }
    text.append('\n');
  }

  private String outcome(Cell cell) {
    return cell.reason().isPresent() ? NOT_OFFERED : outcomes.getOrDefault(cell, NOT_PLAYED);
  }

  private static void writeReasons(StringBuilder text) {
    var reasons = new TreeMap<String, TreeSet<String>>();
    for (var cell : Cell.of(Side.values())) {
      cell.reason()
          .ifPresent(reason ->
              reasons.computeIfAbsent(reason, r -> new TreeSet<>()).add(cell.scenario().title()));
    }
    text.append(NOT_OFFERED).append(" not offered:\n");
    reasons.forEach((reason, titles) ->
        text.append("  ")
            .append(String.join(", ", titles))
            .append(": ")
            .append(reason)
            .append('\n'));
    text.append("\nTables not put, of ")
        .append(Tables.names(java.util.Set.of()).size())
        .append(":\n");
    for (var peer : Peer.values()) {
      text.append("  ")
          .append(peer)
          .append(": ")
          .append(new TreeSet<>(NotOffered.tables(peer)))
          .append('\n');
    }
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
