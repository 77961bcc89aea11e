package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.client.Hangar;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./hangar} as people run it: processes of its own, a terminal's signals, files. */
@Timeout(180)
class ServeTest {
  private static final String LAUNCHER = Project.root().resolve("hangar").toString();
  private static final String READY = "Hangar ready at ";
  private static final Duration SCRIPT_TIMEOUT = Duration.ofMinutes(1);

  private static final String LIMITS = "limits.py";

  /**
   * More than windows and buffers hold, so that it is not all on its way while its reader waits.
   */
  private static final long LONG_BYTES = 160L << 20;

  private static final long SLOW_READER_MILLIS = 1_000;

  /** More than the metadata of which fits into half of the heap that the test gives. */
  private static final String MANY_BATCHES = "200000";

  private static final int FILE_ROWS = 50_000;

  @TempDir private Path folder;
  private Running serving;

  @AfterEach
  void end() {
    if (serving != null) {
      serving.close();
    }
  }

  @Test
  void filesGoInAndComeBackEqualThroughTheCommandLine() {
    var url = serve();
    var file = folder.resolve("trips.parquet");
    Python.run("files.py", SCRIPT_TIMEOUT, "make", file.toString(), String.valueOf(FILE_ROWS));
    assertThat(hangar(url, "put", "trips", file.toString()).out()).isEmpty();
    for (var ending : List.of(".parquet", ".arrows")) {
      var back = folder.resolve("back" + ending);
      hangar(url, "get", "trips", "-o", back.toString());
      Python.run("files.py", SCRIPT_TIMEOUT, "equal", file.toString(), back.toString());
    }
    assertThat(hangar(url, "ls").out().lines())
        .singleElement()
        .asString()
        .contains("trips", String.valueOf(FILE_ROWS));
    assertThat(hangar(url, "info", "trips").out()).contains("moment", "price", "point");
    hangar(url, "rm", "trips");
    assertThat(hangar(url, "ls").out()).isEmpty();
    assertThat(serving.lines())
        .anyMatch(line -> line.contains("DoPut") && line.contains("50,000"))
        .anyMatch(line -> line.contains("drop_table trips"));
  }

  @Test
  void csvGoesThroughEveryFormatAndStaysEqual() throws IOException {
    var url = serve();
    var csv = folder.resolve("weather.csv");
    Files.writeString(csv, "\"city\",\"day\",\"celsius\"\n\"Oslo\",1,-3.5\n\"Åre, S\",2,NA\n");
    hangar(url, "put", "weather", csv.toString());
    for (var ending : List.of(".csv", ".jsonl", ".parquet", ".arrow")) {
      var back = folder.resolve("back" + ending);
      hangar(url, "get", "weather", "-o", back.toString());
      Python.run("files.py", SCRIPT_TIMEOUT, "equal", csv.toString(), back.toString());
      hangar(url, "put", "again" + ending, back.toString());
    }
    assertThat(hangar(url, "get", "again.jsonl").out().lines())
        .containsExactly("city,day,celsius", "Oslo,1,-3.5", "\"Åre, S\",2,");
    var named = Command.of(LAUNCHER, "ls").with(Map.of("HANGAR_URL", url)).run();
    assertThat(named.out()).contains("weather", "again.csv", "again.parquet", "again.arrow");
  }

  @Test
  void mistakesEndWithOneLineAndTheRightCode() {
    var url = serve();
    var missing = Command.of(LAUNCHER, "rm", "nothing", "--url", url).tryRun();
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.err().lines()).singleElement().asString().contains("nothing");
    var unknown = Command.of(LAUNCHER, "no-such-command").tryRun();
    assertThat(unknown.exitCode()).isEqualTo(2);
    var noFile = Command.of(LAUNCHER, "put", "x", "no-such-file.csv", "--url", url).tryRun();
    assertThat(noFile.exitCode()).isEqualTo(1);
    assertThat(noFile.err().lines()).singleElement().asString().contains("no-such-file.csv");
    var nobody = Command.of(LAUNCHER, "ls", "--url", "grpc://127.0.0.1:1").tryRun();
    assertThat(nobody.exitCode()).isEqualTo(1);
    assertThat(nobody.err().lines()).singleElement().asString().contains("grpc://127.0.0.1:1");
  }

  @Test
  void portInUseIsOneLineThatTellsHowToChooseAnother() {
    var port = String.valueOf(URI.create(serve()).getPort());
    var second = Command.of(LAUNCHER, "serve", "--port", port).tryRun();
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat((second.out() + second.err()).lines())
        .singleElement()
        .asString()
        .contains(port, "--port");
  }

  @Test
  void sigtermLetsTheCallInFlightEndAndExitsWithZero() throws Exception {
    var url = serve();
    Python.run(LIMITS, SCRIPT_TIMEOUT, url, "fill", String.valueOf(LONG_BYTES));
    try (var hangar = Hangar.connect(url);
        var reader = hangar.get("long")) {
      assertThat(reader.loadNextBatch()).isTrue();
      serving.terminate();
      Thread.sleep(SLOW_READER_MILLIS);
      long rows = reader.getVectorSchemaRoot().getRowCount();
      while (reader.loadNextBatch()) {
        rows += reader.getVectorSchemaRoot().getRowCount();
      }
      assertThat(rows).isEqualTo(LONG_BYTES / Long.BYTES);
    }
    assertThat(serving.awaitExit()).isZero();
    assertThat(serving.lines()).anyMatch(line -> line.contains("DoGet") && line.contains("OK"));
  }

  @Test
  void batchesThatFillTheHeapAreRefusedAndTheServerGoesOn() {
    var url = serve(Map.of("HANGAR_JAVA_OPTS", "-Xmx64m"));
    var said = Python.run(LIMITS, SCRIPT_TIMEOUT, url, "batches", MANY_BATCHES);
    assertThat(said).contains("refused").contains("fewer, larger batches");
  }

  /** Starts a server on a free port; its URL. */
  private String serve() {
    return serve(Map.of());
  }

  private String serve(Map<String, String> environment) {
    serving = Running.start(List.of(LAUNCHER, "serve", "--port", "0"), environment);
    return serving.awaitLine(line -> line.startsWith(READY)).substring(READY.length());
  }

  private static Command.Outcome hangar(String url, String... arguments) {
    var words = new ArrayList<String>();
    words.add(LAUNCHER);
    words.addAll(List.of(arguments));
    words.addAll(List.of("--url", url));
    return Command.of(words).run();
  }
}
