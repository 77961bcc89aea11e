package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.hangar.client.Hangar;
import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import dev.hangar.server.UpkeepLines;
import dev.hangar.store.local.Backup;
import dev.hangar.store.local.Verification;
import dev.hangar.wire.Action;
import dev.hangar.wire.CallContext;
import dev.hangar.wire.FlightServer;
import dev.hangar.wire.FlightService;
import dev.hangar.wire.Location;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Verifying, backing up and restoring, with a server and without. */
@Timeout(120)
class UpkeepCommandsTest {
  private record Outcome(int code, String out, String err) {}

  @TempDir private Path folder;

  @Test
  void aBackupIsMadeVerifiedAndRestored() throws Exception {
    try (var server = start(true)) {
      put(server, "t", "n\n1\n2\n");
      Outcome made = run(server, "backup", "monday");
      assertThat(made.err()).isEmpty();
      assertThat(made.out())
          .matches(
              "backed up to .*monday: 1 table, 1 part, [\\d,]+ bytes \\(1 linked, 0 copied\\)\n");
      assertThat(run(server, "backup", "monday").err()).contains("is there already");
      put(server, "t", "n\n3\n");
      Outcome well = run(server, "verify");
      assertThat(well.out()).matches("checked 1 table, 1 part, [\\d,]+ bytes: 0 faults\n");
      assertThat(well.code()).isZero();
      assertThat(run(server, "verify", "t", "--json").out())
          .matches("\\{\"tables\":1,\"parts\":1,\"bytes\":\\d+,\"faults\":0}\n");
      assertThat(run(server, "verify", "u").err()).contains("\"u\"");
      Outcome inUse = run("verify", "--data", data().toString());
      assertThat(inUse.code()).isEqualTo(1);
      assertThat(inUse.err()).contains("is in use by another server");
    }
    assertThat(run("verify", "--data", data().toString()).code()).isZero();
    Path restored = folder.resolve("restored");
    String backup = folder.resolve("backups/monday").toString();
    assertThat(run("restore", backup, "--data", restored.toString()).out())
        .matches("restored .*monday to .*: 1 table, 1 part, .*\\(0 linked, 1 copied\\)\n");
    assertThat(run("restore", backup, "--data", restored.toString()).err())
        .contains("is there already, and not an empty directory");
    Path offline = folder.resolve("offline");
    assertThat(run("backup", offline.toString(), "--data", restored.toString()).out())
        .contains("1 table, 1 part");
    try (var server = serve(ServerConfig.defaults().withData(offline))) {
      assertThat(run(server, "get", "t").out()).isEqualTo("n\n1\n2\n");
    }
  }

  @Test
  void aServerTellsHowFarABackupIs() throws Exception {
    try (var server = start(true);
        var hangar = Hangar.connect(server.url())) {
      put(server, "t", "n\n1\n2\n");
      var lines = new ArrayList<String>();
      hangar.perform("backup", UpkeepLines.backupBody("monday"), lines::add);
      assertThat(lines.getFirst()).matches(".*\"bytes\":0,.*\"bytes_of\":[1-9]\\d*}");
      assertThat(lines.getLast()).contains("\"backup\":").contains("monday");
    }
  }

  /** A server of a thousand bytes, which goes on where a line is seen that it had sent. */
  @Test
  void whatLastsIsShownOnATerminalAlone() throws Exception {
    var err = new ByteArrayOutputStream();
    var isWatched = new AtomicBoolean(true);
    FlightService slow =
        new FlightService() {
          @Override
          public void doAction(CallContext call, Action action, Consumer<ByteString> out) {
            String end =
                action.type().equals("backup")
                    ? UpkeepLines.summary(Path.of("b"), new Backup.Summary(1, 1, 1000, 0))
                    : UpkeepLines.summary(new Verification.Summary(1, 1, 1000, 0));
            out.accept(line(0));
            do {
              out.accept(line(250));
            } while (isWatched.get()
                && !err.toString(StandardCharsets.UTF_8).contains("25%  250 B of "));
            out.accept(ByteString.copyFromUtf8(end));
          }

          private static ByteString line(long bytes) {
            return ByteString.copyFromUtf8(UpkeepLines.progress(0, 0, bytes, 1000));
          }
        };
    try (var server = FlightServer.builder(slow).start()) {
      String url = Location.grpc("127.0.0.1", server.port()).uri();
      for (String command : new String[] {"backup monday", "verify"}) {
        String[] args = ("--url " + url + " " + command).split(" ", -1);
        var out = new ByteArrayOutputStream();
        isWatched.set(true);
        int code =
            Main.run(
                args,
                new PrintStream(out, true),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new Terminal(80, true, false));
        assertThat(code).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("1 table, 1 part, ");
        String shown = err.toString(StandardCharsets.UTF_8);
        assertThat(shown).contains(args[2] + "  [█████").endsWith("\r\u001b[K");
        err.reset();
        isWatched.set(false);
        assertThat(run(args).err()).isEmpty();
      }
    }
  }

  @Test
  void faultsAreToldWithAndWithoutAServer() throws Exception {
    try (var server = start(true)) {
      put(server, "sales/2024", "n\n1\n2\n");
      Path part = part();
      byte[] whole = Files.readAllBytes(part);
      byte[] cut = java.util.Arrays.copyOf(whole, whole.length - 1);
      Files.write(part, cut);
      Outcome ill = run(server, "verify");
      assertThat(ill.code()).isEqualTo(1);
      assertThat(ill.out())
          .matches(
              "table sales/2024, version 1, .*\\.arrow, byte \\d+: it has .*\n"
                  + "checked 1 table, 1 part, .* bytes: 1 fault\n");
    }
    Outcome ill = run("verify", "--json", "--data", data().toString());
    assertThat(ill.code()).isEqualTo(1);
    assertThat(ill.out())
        .contains("\"table\":\"sales/2024\",\"version\":1,\"file\":\"")
        .contains("\"faults\":1}");
    Outcome refused = run("restore", data().toString(), "--data", folder.resolve("r").toString());
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("nothing was restored");
    assertThat(folder.resolve("r")).doesNotExist();
  }

  @Test
  void whatCannotBeDoneIsSaid() throws Exception {
    try (var server = start(false)) {
      assertThat(run(server, "backup", "monday").err()).contains("start it with --backups DIR");
      assertThat(run(server, "verify", "--data", "x", "t").code()).isEqualTo(2);
    }
    try (var server = serve(ServerConfig.defaults().withBackups(folder.resolve("b")))) {
      assertThat(run(server, "verify").err()).contains("--data DIR");
      assertThat(run(server, "backup", "monday").err()).contains("--data DIR");
    }
    try (var server = start(true)) {
      for (String name : new String[] {"..", ".", "a/b", "../x", "a\\b", ".hidden", ""}) {
        assertThat(run(server, "backup", name).err()).as(name).contains("can't be called");
      }
      assertThat(run(server, "backup", "x".repeat(101)).err()).contains("1 to 100");
      assertThat(run(server, "backup", "x".repeat(100)).code()).isZero();
    }
    assertThat(folder.resolve("b")).doesNotExist();
  }

  private HangarServer start(boolean withBackups) throws IOException {
    var config = ServerConfig.defaults().withData(data());
    return serve(withBackups ? config.withBackups(folder.resolve("backups")) : config);
  }

  private static HangarServer serve(ServerConfig config) throws IOException {
    return HangarServer.start(config.withPort(0).withMemoryBytes(64 << 20), line -> {});
  }

  private Path data() {
    return folder.resolve("data");
  }

  private Path part() throws IOException {
    try (var all = Files.walk(data())) {
      return all.filter(file -> file.toString().endsWith(".arrow")).findFirst().orElseThrow();
    }
  }

  private void put(HangarServer server, String name, String csv) throws Exception {
    Path file = folder.resolve("table.csv");
    Files.writeString(file, csv);
    assertThat(run(server, "put", name, file.toString()).code()).isZero();
  }

  private static Outcome run(HangarServer server, String... args) {
    var all = new ArrayList<>(List.of("--url", server.url()));
    all.addAll(List.of(args));
    return run(all.toArray(String[]::new));
  }

  private static Outcome run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code =
        Main.run(args, new PrintStream(out, true), new PrintStream(err, true), Terminal.NONE);
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
