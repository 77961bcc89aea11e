package dev.hangar.interop;

import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One who changes tables of its own in every way there is, and knows what they have to be after the
 * server was killed: what was acknowledged last, or that and what was under way.
 *
 * <p>Table {@link #SHARED} is everybody's: pieces are appended to it, each under a key.
 */
final class KilledWriter {
  static final String SHARED = "shared";

  static final int TABLES = 5;

  private static final int PARTS = 6;
  private static final int PIECES = 12;
  private static final Metadata APPEND = Metadata.of("hangar-mode", "append");
  private static final Metadata CREATE = Metadata.of("hangar-mode", "create");

  /** An upload under way, its parts' pieces, and what to do again after a kill. */
  private static final class Upload {
    private final String id;
    private final String table;
    private final boolean isAppend;
    private final TreeMap<Integer, Long> parts = new TreeMap<>();
    private Consumer<PieceClient> again = client -> {};

    private Upload(String id, String table, boolean isAppend) {
      this.id = id;
      this.table = table;
      this.isAppend = isAppend;
    }
  }

  private final String folder;
  private final Random random;
  private final AtomicLong ids;
  private final List<Long> appended = new ArrayList<>();
  private Map<String, List<Long>> tables = Map.of();
  private Map<String, List<Long>> pending = Map.of();
  private Piece appending;
  private Upload upload;
  private boolean isUploadEnding;
  private String aborting = "";
  private int changes;

  /** A writer of tables below {@code folder}; {@code ids} numbers everybody's pieces. */
  KilledWriter(String folder, Random random, AtomicLong ids) {
    this.folder = folder;
    this.random = random;
    this.ids = ids;
  }

  /** Acknowledged changes so far. */
  int changes() {
    return changes;
  }

  /** The tables, as they were acknowledged. */
  Map<String, List<Long>> tables() {
    return tables;
  }

  /** What was acknowledged to be in {@link #SHARED}, in its order. */
  List<Long> appended() {
    return appended;
  }

  /** Parts of uploads that the server has to keep. */
  int uploadedParts() {
    return upload == null ? 0 : upload.parts.size();
  }

  /** One change. Throws where the server is gone, and knows what it was about. */
  void change(PieceClient client) {
    switch (random.nextInt(10)) {
      case 0, 1 -> put(client, Metadata.EMPTY);
      case 2 -> put(client, APPEND);
      case 3 -> put(client, CREATE);
      case 4 -> drop(client);
      case 5 -> rename(client);
      case 6, 7 -> upload(client);
      case 8 -> append(client);
      default -> commit(client);
    }
    changes++;
  }

  /**
   * Holds what is there after a restart against what has to be, and makes up for what was under
   * way.
   */
  void settle(PieceClient client) {
    var found = new HashMap<String, List<Long>>();
    client.names().stream()
        .filter(name -> name.startsWith(folder + "/"))
        .forEach(name -> found.put(name, client.read(name)));
    boolean isDone = !pending.equals(tables) && found.equals(pending);
    if (!isDone && !found.equals(tables)) {
      throw new AssertionError(
          "acknowledged: %s%nunder way: %s%nfound: %s".formatted(tables, pending, found));
    }
    tables = Map.copyOf(found);
    pending = tables;
    settleUpload(client, isDone);
    if (appending != null) { // again, under its key: once in all
      append(client, appending);
    }
  }

  private void settleUpload(PieceClient client, boolean isDone) {
    if (!aborting.isEmpty()) {
      refused(StatusCode.NOT_FOUND, () -> client.abort(aborting), true);
      aborting = "";
    }
    if (upload == null) {
      return;
    }
    var known = upload;
    try {
      if (isUploadEnding && isDone) {
        upload = null;
        client.finish(known.id); // again: it says what it came to, and changes nothing
      } else {
        known.again.accept(client);
      }
    } catch (StatusException e) {
      throw new AssertionError(
          "upload %s of parts %s, %s under way, %s"
              .formatted(
                  known.id,
                  known.parts,
                  isUploadEnding ? "its end" : "a part",
                  isDone ? "which is done" : "which is not"),
          e);
    }
    isUploadEnding = false;
  }

  private void put(PieceClient client, Metadata headers) {
    var name = name();
    boolean isThere = tables.containsKey(name);
    var pieces = List.of(piece(), piece());
    if (headers == CREATE && isThere) {
      refused(StatusCode.ALREADY_EXISTS, () -> client.put(name, headers, pieces.get(0)), false);
      return;
    }
    var all = new ArrayList<Long>();
    if (headers == APPEND && isThere && tables.get(name).size() < PIECES) {
      all.addAll(tables.get(name));
    }
    pieces.forEach(piece -> all.add(piece.id()));
    boolean isAppended = all.size() > pieces.size() || !isThere;
    var how = headers == APPEND && !isAppended ? Metadata.EMPTY : headers;
    expect(with(name, all));
    client.put(name, how, pieces.toArray(Piece[]::new));
    done();
  }

  private void drop(PieceClient client) {
    if (random.nextInt(4) == 0) {
      expect(Map.of());
      client.perform("drop_prefix", "{\"prefix\": \"%s\"}".formatted(folder));
      done();
      return;
    }
    var name = name();
    if (tables.containsKey(name)) {
      expect(without(tables, name));
      client.perform("drop_table", name);
      done();
    }
  }

  private void rename(PieceClient client) {
    var from = name();
    var to = name();
    if (tables.containsKey(from) && !tables.containsKey(to)) {
      expect(renamed(tables, from, to));
      client.perform("rename", "{\"from\": \"%s\", \"to\": \"%s\"}".formatted(from, to));
      done();
    }
  }

  /** The next step of an upload, several parts at a time. */
  private void upload(PieceClient client) {
    if (upload == null) {
      var table = name();
      boolean isAppend = random.nextBoolean();
      var mode = ", \"mode\": \"%s\"".formatted(isAppend ? "append" : "replace");
      upload = new Upload(client.start(table, mode), table, isAppend);
    }
    for (int i = 0; i <= random.nextInt(3); i++) {
      var sent = upload;
      int number = random.nextInt(PARTS);
      var piece = piece();
      upload.again = next -> sendPart(next, sent, number, piece);
      sendPart(client, upload, number, piece);
    }
    if (random.nextInt(8) == 0) {
      aborting = upload.id;
      upload = null;
      client.abort(aborting);
      aborting = "";
    }
  }

  private static void sendPart(PieceClient client, Upload upload, int number, Piece piece) {
    client.part(upload.id, number, piece);
    upload.parts.put(number, piece.id());
    upload.again = next -> {};
  }

  /** Several tables at once: all of it is seen, or nothing. */
  private void commit(PieceClient client) {
    var json = new ArrayList<String>();
    var next = new HashMap<>(tables);
    var from = name();
    var to = name();
    var gone = name();
    if (next.remove(gone) != null) {
      json.add("{\"drop\": \"%s\"}".formatted(gone));
    }
    if (next.containsKey(from) && !next.containsKey(to)) {
      next.put(to, next.remove(from));
      json.add("{\"rename\": {\"from\": \"%s\", \"to\": \"%s\"}}".formatted(from, to));
    }
    boolean isFinishing = upload != null && !upload.parts.isEmpty();
    if (isFinishing) {
      var all =
          new ArrayList<>(upload.isAppend ? next.getOrDefault(upload.table, List.of()) : List.of());
      all.addAll(upload.parts.values());
      next.put(upload.table, List.copyOf(all));
      json.add("{\"finish\": \"%s\"}".formatted(upload.id));
      isUploadEnding = true;
    }
    if (!json.isEmpty()) {
      expect(next);
      client.perform("commit", "{\"changes\": [%s]}".formatted(String.join(", ", json)));
      done();
    }
    if (isFinishing) {
      upload = null;
      isUploadEnding = false;
    }
  }

  private void append(PieceClient client) {
    append(client, piece());
  }

  private void append(PieceClient client, Piece piece) {
    appending = piece;
    client.put(SHARED, APPEND.with("hangar-idempotency-key", "piece-" + piece.id()), piece);
    appended.add(piece.id());
    appending = null;
  }

  private void expect(Map<String, List<Long>> next) {
    pending = Map.copyOf(next);
  }

  private void done() {
    tables = pending;
  }

  private String name() {
    return folder + "/" + random.nextInt(TABLES);
  }

  /** Mostly small, sometimes large enough for the kill to come in the middle of it. */
  private Piece piece() {
    int rows = random.nextInt(10) == 0 ? 60_000 : 1 + random.nextInt(300);
    return new Piece(ids.incrementAndGet(), rows, 1 + rows / (1 + random.nextInt(4)));
  }

  private Map<String, List<Long>> with(String name, List<Long> pieces) {
    var next = new HashMap<>(tables);
    next.put(name, List.copyOf(pieces));
    return next;
  }

  private static Map<String, List<Long>> without(Map<String, List<Long>> tables, String name) {
    var next = new HashMap<>(tables);
    next.remove(name);
    return next;
  }

  private static Map<String, List<Long>> renamed(
      Map<String, List<Long>> tables, String from, String to) {
    var next = without(tables, from);
    next.put(to, tables.get(from));
    return next;
  }

  private static void refused(StatusCode code, Runnable call, boolean mayBeDone) {
    try {
      call.run();
    } catch (StatusException e) {
      if (e.code() == code) {
        return;
      }
      throw e;
    }
    if (!mayBeDone) {
      throw new AssertionError(code + " was expected");
    }
  }
}
