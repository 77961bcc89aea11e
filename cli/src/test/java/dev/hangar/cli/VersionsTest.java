package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands about versions, conditions and names, against a server with a directory. */
@Timeout(60)
class VersionsTest {
  private record Outcome(int code, String out, String err) {}

  @TempDir private Path folder;
  private HangarServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        HangarServer.start(
            ServerConfig.defaults()
                .withPort(0)
                .withMemoryBytes(64 << 20)
                .withData(folder.resolve("data")),
            line -> {});
  }

  @AfterEach
  void stop() {
    server.close();
    assertThat(server.bodyBytes()).isZero();
  }

  @Test
  void putsTellTheirVersionWhichCanBeGot() throws Exception {
    assertThat(put("t", "1", "--create").err()).endsWith(", version 1\n");
    assertThat(put("t", "2", "--append", "--if-version", "1").err()).endsWith(", version 2\n");
    assertThat(put("t", "3", "--keep-versions", "1").err()).endsWith(", version 3\n");
    assertThat(run("get", "t").out()).isEqualTo("n\n3\n");
    assertThat(run("get", "t@2").out()).isEqualTo("n\n1\n2\n");
    assertThat(run("get", "t@1").err()).startsWith("hangar: ").contains("version 1, now 3");
  }

  @Test
  void whatDoesNotHoldIsSaid() throws Exception {
    put("t", "1");
    assertThat(put("t", "2", "--create").err()).contains("there is a table \"t\" already");
    assertThat(put("t", "2", "--if-version", "7").err()).contains("is at version 1");
    assertMisused("--append wants a table", "--append", "--create");
    assertMisused("--ttl: not a time: 'soon'", "--ttl", "soon");
    assertMisused("--if-version: -1 is less than 0", "--if-version", "-1");
    assertMisused("--keep-versions: -1 is less than 0", "--keep-versions", "-1");
    assertMisused("--durability", "--durability", "cloud");
    assertThat(run("get", "t").out()).isEqualTo("n\n1\n");
  }

  @Test
  void infoTellsVersionsAndWhereTheyLive() throws Exception {
    put("t", "1", "--keep-versions", "1", "--ttl", "12h");
    assertThat(run("info", "t").out())
        .contains("version  1\n")
        .containsPattern("expires  20\\d\\d-.*Z\n")
        .contains("lives    on disk\n")
        .contains("parts    1\n")
        .doesNotContain("versions ");
    put("t", "2", "--keep-versions", "1", "--durability", "memory");
    assertThat(run("info", "t").out())
        .contains("version  2\n")
        .contains("expires  never\n")
        .contains("lives    in memory\n")
        .containsPattern("versions 2\n  2  1 row  .*\n  1  1 row  .*\n");
    assertThat(run("info", "t@1").out()).contains("version  1\n").contains("lives    on disk\n");
  }

  @Test
  void tablesAreMovedAndRemovedByPrefix() throws Exception {
    for (String name : List.of("s/1", "s/2", "st")) {
      put(name, "1");
    }
    assertThat(run("mv", "s/1", "u").out()).isEqualTo("renamed s/1 to u\n");
    assertThat(run("mv", "s/2", "u").err()).contains("there is a table \"u\" already");
    assertThat(run("rm", "--prefix", "s").out()).isEqualTo("removed 1 table\n");
    assertThat(run("rm", "--prefix", "s").out()).isEqualTo("removed 0 tables\n");
    assertThat(run("ls").out().lines().map(line -> line.split("\t")[0])).containsExactly("st", "u");
    assertThat(run("rm").code()).isEqualTo(2);
  }

  @Test
  void serversOnDiskNeedADirectory() {
    Outcome none = run("serve", "--durability", "disk");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("add --data");
    Outcome used = run("serve", "--port", "0", "--data", folder.resolve("data").toString());
    assertThat(used.code()).isEqualTo(1);
    assertThat(used.err()).startsWith("hangar: ").hasLineCount(1);
  }

  private void assertMisused(String sentence, String... options) throws Exception {
    Outcome outcome = put("t", "9", options);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains(sentence);
  }

  private Outcome put(String name, String number, String... options) throws Exception {
    Path file = Files.writeString(folder.resolve(number + ".csv"), "n\n" + number + "\n");
    var args = new ArrayList<>(List.of("put", name, file.toString()));
    args.addAll(List.of(options));
    return run(args.toArray(String[]::new));
  }

  private Outcome run(String... args) {
    var all = new ArrayList<String>();
    if (!args[0].equals("serve")) {
      all.addAll(List.of("--url", server.url()));
    }
    all.addAll(List.of(args));
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code =
        Main.run(
            all.toArray(String[]::new), new PrintStream(out), new PrintStream(err), Terminal.NONE);
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
