package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.query.dataset.Mount;
import dev.hangar.server.ServerConfig;
import dev.hangar.wire.Action;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Names that mean something to a file system, a shell, a database or a screen. */
class HostileNamesTest {
  private static final int NAMES = 500;
  private static final Pattern OWN =
      Pattern.compile(
          "hangar-format|lock|spill|ticket-key|catalog\\.sqlite(-wal|-shm)?|parts|parts/[0-9a-f]{2}"
              + "|parts/[0-9a-f]{2}/[0-9a-f]{32}\\.(arrow|tmp)");

  private static final List<String> WORDS =
      List.of(
          "..",
          ".",
          "~",
          "~root",
          "-rf",
          "*",
          "?",
          "$HOME",
          "$(id)",
          "`id`",
          "%2e%2e",
          "%2e",
          "%00",
          "..%2f..",
          "..\\..",
          "C:",
          "C:\\Windows",
          "\\\\server\\share",
          "CON",
          "NUL",
          "aux.txt",
          "COM1",
          "name.",
          "name ",
          " name",
          "a:b",
          "a|b",
          "a<b>",
          "a\"b",
          "a'b",
          "';DROP TABLE tables;--",
          "\u202egnp.exe",
          "\u2024\u2024",
          "\uff0e\uff0e",
          "\u2215etc",
          "\u2044etc",
          "\u200b",
          "\ufeff",
          "cafe\u0301",
          "caf\u00e9",
          "\u0430dmin",
          "admin",
          "\u0000",
          "a\u0000b",
          "\n",
          "\r\n",
          "\t",
          "\u0007",
          "\u001b[2J",
          "\u007f",
          "\u0085",
          "\u2028",
          "\u2029",
          "\ud83d\ude80",
          "catalog.sqlite",
          "catalog.sqlite-wal",
          "hangar-format",
          "lock",
          "parts",
          "00",
          "ff",
          "canary",
          "etc",
          "passwd",
          "proc",
          "self",
          "table@1",
          "table@",
          "@",
          "@1",
          "{}",
          "{\"get\"",
          "{\"put\": \"x\"}",
          "a".repeat(255),
          "b".repeat(256),
          "c".repeat(1024),
          "d".repeat(1025),
          "\u00e4".repeat(512),
          "\u00e4".repeat(513),
          "");

  private static final Set<StatusCode> REFUSALS =
      EnumSet.of(StatusCode.INVALID_ARGUMENT, StatusCode.NOT_FOUND);

  @TempDir private Path folder;
  private final Trials trials = new Trials("S-2 hostile names");

  @Test
  @Timeout(300)
  void theyAreNamesOfTablesOrRefusedAndNeverFiles() throws Exception {
    Files.writeString(folder.resolve("canary"), "alive");
    var outside = tree(folder, "data");
    var here = tree(Path.of("").toAbsolutePath(), "target");
    var accepted = new LinkedHashSet<String>();
    var config = ServerConfig.defaults().withMemoryBytes(64 << 20).withData(folder.resolve("data"));
    try (var subject = new Subject(config);
        var client = new PieceClient(subject.port())) {
      long id = 0;
      for (var name : names()) {
        trials.count(isWell(client, name, id += 10, accepted));
      }
      assertThat(isDone(() -> client.start("\\ud800", ""))).as("half a character").isFalse();
      requireThere(client, accepted);
    }
    try (var subject = new Subject(config);
        var client = new PieceClient(subject.port())) {
      requireThere(client, accepted);
      accepted.forEach(name -> client.perform("drop_table", name));
      assertThat(client.names()).isEmpty();
    }
    assertThat(tree(folder, "data")).isEqualTo(outside);
    assertThat(tree(Path.of("").toAbsolutePath(), "target")).isEqualTo(here);
    assertThat(tree(folder.resolve("data"), "").keySet()).allMatch(OWN.asMatchPredicate());
    trials.report(accepted.size() + " of them are tables");
    assertThat(trials.failed()).as(trials.replay()).isZero();
    assertThat(accepted).hasSizeBetween(50, NAMES - 50);
  }

  @Test
  @Timeout(600)
  void theyAreFilesBelowAMountedFolderOrRefused() throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    Files.writeString(folder.resolve("canary"), "alive");
    Files.writeString(folder.resolve("canary.parquet"), "alive");
    Files.createSymbolicLink(root.resolve("outside"), folder);
    Files.createSymbolicLink(root.resolve("linked.parquet"), folder.resolve("canary.parquet"));
    var outside = tree(folder, "root");
    var here = tree(Path.of("").toAbsolutePath(), "target");
    var config =
        ServerConfig.defaults()
            .withMemoryBytes(64 << 20)
            .withDatasets(List.of(Mount.parse(root.toString())));
    int accepted = 0;
    try (var subject = new Subject(config);
        var client = new PieceClient(subject.port())) {
      for (var name : names()) {
        for (var file : filesLike(name)) {
          boolean isFile = isDone(() -> client.putFile(file, new Piece(1, 3, 3)));
          isDone(() -> client.count(file));
          isDone(
              () -> client.flight().getFlightInfo(FlightDescriptor.path(file), CallOptions.NONE));
          isDone(() -> client.flight().doAction(Action.of("drop_dataset", file), CallOptions.NONE));
          trials.count(!isFile || !Files.isSymbolicLink(root.resolve(file)));
          accepted += isFile ? 1 : 0;
        }
      }
      for (var name : List.of("outside/canary.parquet", "linked.parquet", "outside/new.parquet")) {
        assertThat(isDone(() -> client.count(name))).as(name).isFalse();
        assertThat(
                isDone(() ->
                    client.flight().getFlightInfo(FlightDescriptor.path(name), CallOptions.NONE)))
            .as(name)
            .isFalse();
      }
      assertThat(client.names()).isEmpty();
    }
    assertThat(tree(folder, "root")).isEqualTo(outside);
    assertThat(tree(Path.of("").toAbsolutePath(), "target")).isEqualTo(here);
    trials.report(accepted + " of them are files");
    assertThat(trials.failed()).as(trials.replay()).isZero();
    assertThat(accepted).isGreaterThan(50);
  }

  /** A name as that of a Parquet file, here and behind a link; of words also as its folder's. */
  private static List<String> filesLike(String name) {
    return WORDS.contains(name)
        ? List.of(name + ".parquet", "outside/" + name + ".parquet", name + "/x.parquet")
        : List.of(name + ".parquet", "outside/" + name + ".parquet");
  }

  /** Every word alone, and paths of some. */
  private Set<String> names() {
    var names = new LinkedHashSet<>(WORDS);
    names.addAll(
        List.of(
            "/etc/passwd",
            "../canary",
            "../../canary",
            "parts/../../canary",
            "./canary",
            "a//b",
            "a/",
            "/",
            "//",
            "a/./b",
            "a/../b",
            "parts/00/x.arrow",
            "x/".repeat(31) + "x",
            "x/".repeat(32) + "x"));
    names.add(folder.resolve("canary").toString());
    names.add(folder.resolve("canary").toString().substring(1));
    Random random = trials.random();
    while (names.size() < NAMES) {
      names.add(
          random
              .ints(2 + random.nextInt(4), 0, WORDS.size())
              .mapToObj(WORDS::get)
              .collect(Collectors.joining("/")));
    }
    return names;
  }

  /** Does everything there is with a name; it is a table for all of it, or for nothing. */
  private static boolean isWell(PieceClient client, String name, long id, Set<String> accepted) {
    boolean isTable = isDone(() -> client.put(name, Metadata.EMPTY, new Piece(id, 3, 3)));
    if (isTable) {
      accepted.add(name);
      isTable =
          client.readFlight(name).equals(List.of(id))
              && renames(client, name)
              && uploads(client, name, id + 1);
    }
    isDone(() -> client.read("{\"get\": \"" + name + "\"}"));
    isDone(() -> client.flight().getFlightInfo(FlightDescriptor.path(name), CallOptions.NONE));
    isDone(() -> client.flight().getFlightInfo(FlightDescriptor.command(name), CallOptions.NONE));
    isDone(() -> client.flight().getSchema(FlightDescriptor.path(name, name), CallOptions.NONE));
    isDone(() -> client.perform("upload_location", name));
    isDone(() -> client.perform("drop_prefix", "{\"prefix\": " + json(name + "/below") + "}"));
    if (!accepted.contains(name)) {
      isDone(() -> client.perform("drop_table", name));
      isDone(() -> client.start(name, ""));
      isDone(() ->
          client.perform("rename", "{\"from\": \"no such table\", \"to\": " + json(name) + "}"));
    }
    return isTable == accepted.contains(name);
  }

  private static boolean renames(PieceClient client, String name) {
    client.perform("rename", "{\"from\": %s, \"to\": \"moved\"}".formatted(json(name)));
    client.perform("rename", "{\"from\": \"moved\", \"to\": %s}".formatted(json(name)));
    return client.names().contains(name);
  }

  private static boolean uploads(PieceClient client, String name, long id) {
    var body = "{\"table\": %s, \"mode\": \"append\"}".formatted(json(name));
    var upload = client.perform("StartParallelUpload", body).replaceAll(".*:\"|\"}", "");
    client.part(upload, 0, new Piece(id, 2, 2));
    client.finish(upload);
    return client.readFlight(name).equals(List.of(id - 1, id));
  }

  private static void requireThere(PieceClient client, Set<String> accepted) {
    assertThat(client.names()).containsExactlyInAnyOrderElementsOf(accepted);
    accepted.forEach(name -> assertThat(client.readFlight(name)).as(name).hasSize(2));
  }

  /** False if it was refused as it should be. */
  private static boolean isDone(Runnable call) {
    try {
      call.run();
      return true;
    } catch (StatusException e) {
      assertThat(REFUSALS).as(e.description()).contains(e.code());
      return false;
    }
  }

  private static String json(String text) {
    return text.chars()
        .mapToObj(c ->
            c < 0x20 || c > 0x7e || c == '"' || c == '\\' ? "\\u%04x".formatted(c) : "" + (char) c)
        .collect(Collectors.joining("", "\"", "\""));
  }

  /** Every file and folder below, with what shows that it was written. */
  private static Map<String, String> tree(Path root, String without) throws IOException {
    var tree = new TreeMap<String, String>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.toList()) {
        var name = root.relativize(file).toString();
        if (!name.isEmpty() && (without.isEmpty() || !name.startsWith(without))) {
          tree.put(
              name,
              Files.isDirectory(file)
                  ? "folder"
                  : Files.size(file) + ", " + Files.getLastModifiedTime(file));
        }
      }
    }
    return tree;
  }
}
