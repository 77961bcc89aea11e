package dev.hangar.server;

import static dev.hangar.server.Asked.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.hangar.client.Hangar;
import dev.hangar.client.HangarOptions;
import dev.hangar.client.PutOptions;
import dev.hangar.client.TableInfo;
import dev.hangar.query.dataset.Mount;
import dev.hangar.wire.Action;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.PutCall;
import dev.hangar.wire.RenewFlightEndpointRequest;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with a mounted folder, asked over loopback. */
@Timeout(180)
class DatasetsTest {
  private static final long MEMORY_BYTES = 64 << 20;

  @TempDir Path folder;
  private Path root;
  private Asked asked;

  @BeforeEach
  void start() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
    asked = new Asked(config());
  }

  @AfterEach
  void stop() {
    asked.close();
  }

  private ServerConfig config() {
    return ServerConfig.defaults()
        .withMemoryBytes(MEMORY_BYTES)
        .withDatasets(List.of(Mount.parse(root.toString())));
  }

  @Test
  void putsToParquetAreFilesThatAreListedAndGotAndDropped() throws Exception {
    put("a/b/up.parquet", Metadata.EMPTY, 1, 2, 3);
    assertThat(root.resolve("a/b/up.parquet")).isRegularFile();
    assertThat(files()).containsExactly("a", "a/b", "a/b/up.parquet");
    FlightInfo info = info("a/b/up.parquet");
    assertThat(info.records()).isEqualTo(3);
    assertThat(info.bytes()).isPositive();
    assertThat(info.ordered()).isTrue();
    assertThat(asked.hangar.list()).extracting(TableInfo::name).containsExactly("a/b/up.parquet");
    assertThat(asked.numbers("a/b/up.parquet")).containsExactly(1L, 2L, 3L);
    for (String ticket : List.of("a/b/up.parquet", "{\"get\": \"a/b/up.parquet\"}")) {
      assertThat(asked.numbers(ticket(ticket), CallOptions.NONE)).containsExactly(1L);
    }
    put("a/b/up.parquet", Metadata.EMPTY, 7);
    assertThat(asked.numbers("a/b/up.parquet")).containsExactly(7L);
    asked.raw.doAction(Action.of("drop_dataset", "a/b/up.parquet"), CallOptions.NONE);
    assertThat(asked.hangar.list()).isEmpty();
    failureOf(StatusCode.NOT_FOUND, () -> info("a/b/up.parquet"));
    assertThat(files()).containsExactly("a", "a/b");
  }

  @Test
  void headersThatAreForTablesAreRefused() throws Exception {
    put("t.parquet", Metadata.of("hangar-mode", "create"), 1);
    failureOf(
        StatusCode.ALREADY_EXISTS, () -> put("t.parquet", Metadata.of("hangar-mode", "create"), 2));
    for (Map.Entry<String, String> header :
        Map.of(
                "hangar-mode", "append",
                "hangar-ttl", "10m",
                "hangar-if-version", "1",
                "hangar-keep-versions", "2",
                "hangar-durability", "memory")
            .entrySet()) {
      assertThat(
              failureOf(
                  StatusCode.INVALID_ARGUMENT,
                  () -> put("t.parquet", Metadata.of(header.getKey(), header.getValue()), 2)))
          .hasMessageContaining(header.getKey())
          .hasMessageContaining("not for files");
    }
    put("t.parquet", Metadata.of("hangar-idempotency-key", "k"), 3);
    assertThat(asked.numbers("t.parquet")).containsExactly(3L);
    assertThat(files()).containsExactly("t.parquet");
    failureOf(
        StatusCode.INVALID_ARGUMENT,
        () -> asked.perform("StartParallelUpload", "{\"table\": \"t.parquet\"}"));
  }

  @Test
  void aPutIsRefusedWhereItsNameMeansSomethingElseThanItsCallerSays() throws Exception {
    Metadata file = Metadata.of("hangar-kind", "file");
    Metadata table = Metadata.of("hangar-kind", "table");
    put("a/t.parquet", file, 1);
    put("t", table, 2);
    assertThat(failureOf(StatusCode.INVALID_ARGUMENT, () -> put("t", file, 3)))
        .hasMessageContaining("\"t\" would be a table")
        .satisfies(e -> assertThat(e.detail().orElseThrow().code()).isEqualTo("NOT_A_FILE"));
    assertThat(failureOf(StatusCode.INVALID_ARGUMENT, () -> put("a/t.parquet", table, 3)))
        .hasMessageContaining("\"a/t.parquet\" is a file")
        .satisfies(e -> assertThat(e.detail().orElseThrow().code()).isEqualTo("NOT_A_TABLE"));
    failureOf(StatusCode.INVALID_ARGUMENT, () -> put("new", file, 3));
    assertThat(
            failureOf(
                StatusCode.INVALID_ARGUMENT, () -> put("t", Metadata.of("hangar-kind", "view"), 3)))
        .hasMessageContaining("it has to be table or file");
    assertThat(asked.numbers("t")).containsExactly(2L);
    assertThat(asked.numbers("a/t.parquet")).containsExactly(1L);
    assertThat(asked.hangar.list())
        .extracting(TableInfo::name)
        .containsExactlyInAnyOrder("t", "a/t.parquet");
    try (var plain = new Asked(ServerConfig.defaults().withMemoryBytes(MEMORY_BYTES))) {
      PutOptions how = PutOptions.DEFAULT.kind(PutOptions.Kind.FILE);
      assertThat(
              failureOf(StatusCode.INVALID_ARGUMENT, () -> plain.put("t.parquet", how, 1))
                  .detail()
                  .orElseThrow()
                  .code())
          .isEqualTo("NOT_A_FILE");
      assertThat(plain.hangar.list()).isEmpty();
      plain.put("t.parquet", PutOptions.DEFAULT.kind(PutOptions.Kind.TABLE), 1);
      assertThat(plain.numbers("t.parquet")).containsExactly(1L);
    }
  }

  @Test
  void putsThatDoNotEndLeaveNothing() throws Exception {
    put("t.parquet", Metadata.EMPTY, 1);
    try (PutCall put = asked.raw.doPut(CallOptions.NONE)) {
      put.send(FlightData.schema(FlightDescriptor.path("new/t.parquet"), asked.schema()));
      put.send(asked.batch(5));
    }
    try (PutCall put = asked.raw.doPut(CallOptions.NONE)) {
      put.send(FlightData.schema(FlightDescriptor.path("t.parquet"), asked.schema()));
      put.send(asked.batch(5));
      FlightData cut = asked.batch(6);
      put.send(
          FlightData.batch(cut.header(), null, List.of(ByteBuffer.allocateDirect(8)), () -> {}));
      put.completed();
      assertThatThrownBy(put::result).isInstanceOf(StatusException.class);
    }
    asked.server.close(); // waits for what goes on
    assertThat(files()).containsExactly("t.parquet");
  }

  @Test
  void whatAKilledWriterLeftIsRemovedAtTheNextStart() throws Exception {
    Path stale = root.resolve(".hangar-01234567-89ab-cdef-0123-456789abcdef.part");
    Files.writeString(stale, "half a file");
    Files.setLastModifiedTime(stale, java.nio.file.attribute.FileTime.fromMillis(1_000));
    Files.writeString(root.resolve(".hangar-notes.part"), "somebody else's");
    try (var again = new Asked(config())) {
      while (Files.exists(stale)) {
        Thread.onSpinWait();
      }
      assertThat(again.hangar.list()).isEmpty();
    }
    assertThat(files()).containsExactly(".hangar-notes.part");
  }

  @Test
  void ticketsOfFilesThatChangedAreRefused() throws Exception {
    put("t.parquet", Metadata.EMPTY, 1, 2);
    FlightEndpoint endpoint = info("t.parquet").endpoints().getFirst();
    assertThat(asked.numbers(endpoint.ticket(), CallOptions.NONE)).containsExactly(1L);
    assertThat(endpoint.expiration()).isNotNull();
    ByteString renewal = new RenewFlightEndpointRequest(endpoint).encode();
    asked.raw.doAction(new Action("RenewFlightEndpoint", renewal), CallOptions.NONE);
    put("t.parquet", Metadata.EMPTY, 3);
    assertThat(
            failureOf(
                StatusCode.FAILED_PRECONDITION,
                () -> asked.numbers(endpoint.ticket(), CallOptions.NONE)))
        .hasMessageContaining("t.parquet")
        .hasMessageContaining("changed");
    byte[] forged = endpoint.ticket().bytes().toByteArray();
    forged[forged.length - 1] ^= 1;
    failureOf(
        StatusCode.INVALID_ARGUMENT,
        () -> asked.numbers(new Ticket(ByteString.copyFrom(forged)), CallOptions.NONE));
    Files.delete(root.resolve("t.parquet"));
    failureOf(StatusCode.NOT_FOUND, () -> asked.numbers(endpoint.ticket(), CallOptions.NONE));
  }

  @Test
  void damagedFilesAreLeftOutOfListsAndNamedWhereTheyAreAskedFor() throws Exception {
    put("good.parquet", Metadata.EMPTY, 1);
    Files.writeString(root.resolve("bad.parquet"), "no Parquet");
    assertThat(asked.hangar.list()).extracting(TableInfo::name).containsExactly("good.parquet");
    assertThat(asked.hangar.list()).hasSize(1);
    StatusException failure = failureOf(StatusCode.DATA_LOSS, () -> info("bad.parquet"));
    assertThat(failure).hasMessageContaining("bad.parquet");
    assertThat(failure.description()).doesNotContain(folder.toString());
    assertThat(asked.numbers("good.parquet")).containsExactly(1L);
    Asked.awaitLine(asked.console, "DATA_LOSS"); // behind both lists
    assertThat(asked.console).filteredOn(line -> line.startsWith("Not listed")).hasSize(1);
  }

  @Test
  void tablesComeBeforeFilesButNotBeforeParquet() throws Exception {
    Files.writeString(root.resolve("t.csv"), "n\n5\n6\n");
    assertThat(asked.numbers("t.csv")).containsExactly(5L, 6L);
    asked.put("t.csv", PutOptions.DEFAULT, 9);
    assertThat(asked.numbers("t.csv")).containsExactly(9L);
    assertThat(asked.hangar.list()).hasSize(1);
    asked.raw.doAction(Action.of("drop_dataset", "t.csv"), CallOptions.NONE);
    assertThat(asked.numbers("t.csv")).containsExactly(5L, 6L);
    failureOf(
        StatusCode.NOT_FOUND,
        () -> asked.raw.doAction(Action.of("drop_table", "t.csv"), CallOptions.NONE));
    asked.raw.doAction(Action.of("drop_dataset", "t.csv"), CallOptions.NONE);
    assertThat(files()).isEmpty();
    assertThat(failureOf(StatusCode.NOT_FOUND, () -> info("t.csv"))).isNotNull();
  }

  @Test
  void namesThatAreNotThereAreAnsweredWithTheNearest() throws Exception {
    put("trades.parquet", Metadata.EMPTY, 1);
    Files.writeString(root.resolve("quotes.csv"), "n\n5\n");
    assertThat(failureOf(StatusCode.NOT_FOUND, () -> info("trade.parquet")))
        .hasMessageContaining("nearest: \"trades.parquet\"");
    assertThat(failureOf(StatusCode.NOT_FOUND, () -> info("quote.csv")))
        .hasMessageContaining("nearest: \"quotes.csv\"");
    assertThat(
            failureOf(
                StatusCode.NOT_FOUND,
                () -> asked.raw.doAction(Action.of("drop_dataset", "quote.csv"), CallOptions.NONE)))
        .hasMessageContaining("nearest: \"quotes.csv\"");
  }

  @Test
  void largeFilesHaveEndpointsThatAreTheWholeInOrder() throws Exception {
    int rows = 20_000_000;
    MountedFolder.copy("SELECT range AS n FROM range(" + rows + ")", root.resolve("large.parquet"));
    FlightInfo info = info("large.parquet");
    assertThat(info.records()).isEqualTo(rows);
    assertThat(info.bytes()).isGreaterThan(2 * Limits.ENDPOINT_BYTES);
    assertThat(info.endpoints()).hasSizeBetween(2, Limits.ENDPOINTS);
    long next = 0;
    try (ArrowReader reader = asked.hangar.get("large.parquet")) {
      while (reader.loadNextBatch()) {
        var column = (BigIntVector) reader.getVectorSchemaRoot().getVector(0);
        for (int row = 0; row < column.getValueCount(); row++) {
          assertThat(column.get(row) == next++).isTrue();
        }
      }
    }
    assertThat(next).isEqualTo(rows);
    var skip = CallOptions.NONE.headers(Metadata.of("hangar-skip-batches", "2"));
    Ticket first = info.endpoints().getFirst().ticket();
    assertThat(asked.numbers(first, skip))
        .hasSize(asked.numbers(first, CallOptions.NONE).size() - 2);
    var tooMany = CallOptions.NONE.headers(Metadata.of("hangar-skip-batches", "99999"));
    failureOf(StatusCode.INVALID_ARGUMENT, () -> asked.numbers(first, tooMany));
  }

  @Test
  void rowsThatAreThereAlreadyAreLeftOutOfTheSameFileAlone() throws Exception {
    MountedFolder.copy("SELECT range AS n FROM range(300_000)", root.resolve("t.parquet"));
    Files.writeString(root.resolve("t.csv"), "n\n5\n6\n");
    Ticket ticket = info("t.parquet").endpoints().getFirst().ticket();
    Metadata file;
    try (var call = asked.raw.doGet(ticket, CallOptions.NONE)) {
      call.next().close();
      file = Metadata.of("hangar-file", call.headers().text("hangar-file").orElseThrow());
    }
    for (long rows : new long[] {0, 1, 122_879, 200_001, 300_000}) {
      Metadata said = file.with("hangar-skip-rows", Long.toString(rows));
      assertThat(numbers("t.parquet", said))
          .isEqualTo(LongStream.range(rows, 300_000).boxed().toList());
    }
    var tooMany = CallOptions.NONE.header("hangar-skip-rows", "300001");
    failureOf(StatusCode.INVALID_ARGUMENT, () -> asked.numbers(ticket, tooMany));
    var other = CallOptions.NONE.header("hangar-file", "ab");
    assertThat(failureOf(StatusCode.FAILED_PRECONDITION, () -> asked.numbers(ticket, other)))
        .hasMessageContaining("changed while it was read");
    var elsewhere = CallOptions.NONE.header("hangar-skip-rows", "1");
    assertThat(failureOf(StatusCode.ABORTED, () -> asked.numbers(ticket("t.csv"), elsewhere)))
        .hasMessageContaining("get the file again");
  }

  @Test
  void readersWhoLeaveEndTheirReading() throws Exception {
    MountedFolder.copy("SELECT range AS n FROM range(20_000_000)", root.resolve("large.parquet"));
    for (int i = 0; i < 20; i++) {
      try (var source = asked.raw.doGet(ticket("large.parquet"), CallOptions.NONE)) {
        source.next().close();
        source.next().close();
      }
    }
    assertThat(asked.numbers(ticket("large.parquet"), CallOptions.NONE)).hasSizeGreaterThan(100);
  }

  @Test
  void withoutAFolderNamesAreNamesOfTables() throws Exception {
    try (var plain = new Asked(ServerConfig.defaults().withMemoryBytes(MEMORY_BYTES))) {
      plain.put("t.parquet", PutOptions.DEFAULT, 1);
      plain.put("t.parquet", PutOptions.DEFAULT.mode(PutOptions.Mode.APPEND), 2);
      assertThat(plain.numbers("t.parquet")).containsExactly(1L, 2L);
      plain.raw.doAction(Action.of("drop_dataset", "t.parquet"), CallOptions.NONE);
      assertThat(plain.hangar.list()).isEmpty();
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void theDataDirectoryIsNoFolderOfDatasets() {
    assertThatThrownBy(() -> HangarServer.start(config().withData(root.resolve("data")), l -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lie in one another");
    assertThat(root.resolve("data")).doesNotExist();
  }

  private void put(String name, Metadata headers, long... numbers) {
    asked.put(FlightDescriptor.path(name.split("/")), headers, numbers);
  }

  /** All numbers of a file that a client gets who says this with each call. */
  private List<Long> numbers(String name, Metadata said) throws IOException {
    var options = HangarOptions.DEFAULT;
    for (Map.Entry<String, String> header : said.entries()) {
      options = options.header(header.getKey(), header.getValue());
    }
    List<Long> numbers = new ArrayList<>();
    try (var client = Hangar.connect(asked.server.url(), options);
        ArrowReader reader = client.get(name)) {
      while (reader.loadNextBatch()) {
        var column = (BigIntVector) reader.getVectorSchemaRoot().getVector(0);
        for (int row = 0; row < column.getValueCount(); row++) {
          numbers.add(column.get(row));
        }
      }
    }
    return numbers;
  }

  private FlightInfo info(String name) {
    return asked.raw.getFlightInfo(FlightDescriptor.path(name.split("/")), CallOptions.NONE);
  }

  private static Ticket ticket(String text) {
    return new Ticket(ByteString.copyFromUtf8(text));
  }

  /** Everything below the root. */
  private List<String> files() throws IOException {
    return MountedFolder.names(root);
  }
}
