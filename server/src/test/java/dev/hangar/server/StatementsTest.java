package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.hangar.client.PutOptions;
import dev.hangar.client.Query;
import dev.hangar.client.QueryReader;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.CancelStatus;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.PollInfo;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Statements as flights: what a client that knows Flight alone sees. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class StatementsTest {
  /** Takes hours: enough pairs of rows for that. */
  private static final String ENDLESS =
      "SELECT count(*) FROM range(10000000) a(i), range(10000000) b(j) WHERE a.i * b.j = -1";

  private Asked asked;

  @BeforeEach
  void start() throws Exception {
    asked = new Asked(ServerConfig.defaults().withMemoryBytes(1L << 30));
    asked.put("a/b", PutOptions.DEFAULT, 1, 2, 3, 4, 5);
  }

  @AfterEach
  void close() {
    asked.close();
  }

  @Test
  void aFlightOfAStatementHasItsSchemaAndATicketForItsRows() {
    FlightInfo info = info("{\"sql\": \"SELECT sum(n) AS s FROM \\\"a/b\\\"\"}");
    assertThat(info.records()).isEqualTo(-1);
    assertThat(info.appMetadata().toStringUtf8()).isEqualTo("{\"cache\":\"miss\"}");
    assertThat(info.schema().isEmpty()).isFalse();
    assertThat(info.endpoints()).hasSize(1);
    asked.raw.doGet(info.endpoints().get(0).ticket(), CallOptions.NONE).close();
  }

  @Test
  void aTicketWithAStatementIsRedeemedAtOnce() {
    assertThat(numbers("{\"sql\": \"SELECT max(n)::BIGINT FROM a.b\"}")).containsExactly(5L);
    assertThat(numbers("{\"sql\": \"SELECT n FROM a.b WHERE n = ?\", \"parameters\": [4]}"))
        .containsExactly(4L);
    assertThat(numbers("{\"sql\": \"SELECT n FROM a.b WHERE n=$x\", \"parameters\": {\"x\": 2}}"))
        .containsExactly(2L);
  }

  @Test
  void aPlanIsAFlightThatIsMadeAnewEachTime() throws Exception {
    String sql = "EXPLAIN ANALYZE SELECT sum(n) FROM a.b WHERE n > 2";
    for (int time = 0; time < 2; time++) {
      assertThat(info(json(sql)).appMetadata().toStringUtf8()).isEqualTo("{\"cache\":\"miss\"}");
      try (QueryReader plan = asked.hangar.query(Query.of(sql))) {
        assertThat(plan.loadNextBatch()).isTrue();
        VectorSchemaRoot rows = plan.getVectorSchemaRoot();
        assertThat(rows.getSchema().getFields())
            .extracting(Field::getName)
            .containsExactly("explain_key", "explain_value");
        assertThat(rows.getVector(0).getObject(0)).hasToString("analyzed_plan");
        assertThat(rows.getVector(1).getObject(0).toString()).contains("Total Time", "n > 2");
        assertThat(rows.getVector(1).getObject(1).toString())
            .startsWith("a.b: columns n; ")
            .endsWith("; 5 of 5 rows read, 0 batches left out");
        assertThat(plan.age()).isEmpty();
      }
    }
    PollInfo poll = poll(command(json(sql)));
    while (poll.next() != null) {
      poll = poll(poll.next());
    }
    FlightInfo done = poll.info();
    assertThat(done).isNotNull();
    assertThat(done.records()).isEqualTo(2);
  }

  @Test
  void aPlanIsRefusedAndStoppedAsItsStatementWouldBe() {
    Asked.failureOf(
        StatusCode.NOT_FOUND, () -> numbers("{\"sql\": \"EXPLAIN SELECT 1 FROM none\"}"));
    StatusException failure =
        Asked.failureOf(
            StatusCode.INVALID_ARGUMENT, () -> info(json("EXPLAIN SELECT nope FROM a.b")));
    assertThat(failure.detail().orElseThrow().position()).hasValue(15);
    Asked.failureOf(
        StatusCode.INVALID_ARGUMENT, () -> info(json("EXPLAIN CREATE TABLE c AS FROM a.b")));
    Asked.failureOf(
        StatusCode.DEADLINE_EXCEEDED,
        () ->
            numbers(json("EXPLAIN ANALYZE " + ENDLESS).replace("}", ", \"timeout\": \"300ms\"}")));
    PollInfo running = poll(command(json("EXPLAIN ANALYZE " + ENDLESS)));
    assertThat(running.next()).isNotNull();
    assertThat(asked.raw.cancelFlightInfo(running.info(), CallOptions.NONE))
        .isEqualTo(CancelStatus.CANCELLED);
    for (int i = 0; i < Limits.STATEMENTS; i++) {
      assertThat(numbers("{\"sql\": \"SELECT " + i + "::BIGINT\"}")).hasSize(1);
    }
    assertThat(numbers(json("EXPLAIN " + ENDLESS))).hasSize(1);
  }

  @Test
  void aTicketStandsForTheTablesAsTheyWere() {
    FlightInfo info = info("{\"sql\": \"SELECT max(n)::BIGINT FROM a.b\"}");
    asked.put("a/b", PutOptions.DEFAULT, 100);
    assertThat(asked.numbers(info.endpoints().get(0).ticket(), CallOptions.NONE))
        .containsExactly(5L);
    assertThat(numbers("{\"sql\": \"SELECT max(n)::BIGINT FROM a.b\"}")).containsExactly(100L);
  }

  @Test
  void aTableIsMadeOnceHoweverOftenItsTicketIsRedeemed() {
    FlightInfo info = info("{\"sql\": \"INSERT INTO a.b SELECT n + 10 FROM a.b\"}");
    Ticket ticket = info.endpoints().get(0).ticket();
    assertThat(asked.numbers(ticket, CallOptions.NONE)).containsExactly(5L);
    assertThat(asked.numbers(ticket, CallOptions.NONE)).containsExactly(5L);
    assertThat(numbers("{\"sql\": \"SELECT count(*) FROM a.b\"}")).containsExactly(10L);
    assertThat(numbers("{\"sql\": \"CREATE TABLE c AS SELECT n FROM a.b WHERE n > 13\"}"))
        .containsExactly(2L);
    Asked.failureOf(
        StatusCode.ALREADY_EXISTS, () -> numbers("{\"sql\": \"CREATE TABLE c AS SELECT 1\"}"));
    assertThat(numbers("{\"sql\": \"CREATE TABLE IF NOT EXISTS c AS SELECT 1\"}"))
        .containsExactly(0L);
    assertThat(numbers("{\"sql\": \"CREATE OR REPLACE TABLE c AS SELECT 1\"}")).containsExactly(1L);
  }

  @Test
  void aShortStatementIsCompleteWithTheFirstPollOrTheNext() {
    PollInfo poll = poll(command("{\"sql\": \"SELECT max(n)::BIGINT FROM a.b\"}"));
    while (poll.next() != null) {
      poll = poll(poll.next());
    }
    assertThat(poll.progress()).hasValue(1);
    FlightInfo info = poll.info();
    assertThat(info).isNotNull();
    assertThat(info.records()).isEqualTo(1);
    assertThat(asked.numbers(info.endpoints().get(0).ticket(), CallOptions.NONE))
        .containsExactly(5L);
  }

  @Test
  void aLongStatementIsFollowedAndStopped() {
    PollInfo first = poll(command(json(ENDLESS)));
    assertThat(first.next()).isNotNull();
    assertThat(first.expiration()).isNotNull();
    PollInfo second = poll(first.next());
    assertThat(second.next()).isNotNull();
    assertThat(asked.raw.cancelFlightInfo(second.info(), CallOptions.NONE))
        .isEqualTo(CancelStatus.CANCELLED);
    Asked.failureOf(StatusCode.CANCELLED, () -> poll(second.next()));
    Ticket ticket = second.info().endpoints().get(0).ticket();
    Asked.failureOf(StatusCode.CANCELLED, () -> asked.numbers(ticket, CallOptions.NONE));
    // its place is free again: as many as run at once would have to wait for it otherwise
    for (int i = 0; i < Limits.STATEMENTS; i++) {
      assertThat(numbers("{\"sql\": \"SELECT " + i + "::BIGINT\"}")).hasSize(1);
    }
  }

  @Test
  void aStatementEndsWithItsTime() {
    StatusException late =
        Asked.failureOf(
            StatusCode.DEADLINE_EXCEEDED,
            () -> numbers(json(ENDLESS).replace("}", ", \"timeout\": \"300ms\"}")));
    assertThat(late).hasMessageContaining("300 ms");
  }

  @Test
  void aStatementEndsWithItsCaller() {
    for (int i = 0; i < Limits.STATEMENTS + 1; i++) {
      asked.raw.doGet(ticket(json(ENDLESS + " + " + i)), CallOptions.NONE).close();
    }
    assertThat(numbers("{\"sql\": \"SELECT 7::BIGINT\"}")).containsExactly(7L);
  }

  @Test
  void badWordsAreRefused() {
    for (String words :
        List.of(
            "{\"sql\": 5}",
            "{\"sql\": \"SELECT 1\", \"get\": \"t\"}",
            "{\"sql\": \"SELECT 1\", \"timeout\": \"soon\"}",
            "{\"sql\": \"SELECT 1\", \"cache\": true}",
            "{\"sql\": \"SELECT 1\", \"parameters\": 5}",
            "{\"sql\": \"SELECT ?\", \"parameters\": [{}]}",
            "{\"sql\": \"\"}")) {
      Asked.failureOf(StatusCode.INVALID_ARGUMENT, () -> numbers(words));
    }
  }

  @Test
  void aFailureTellsThePlaceInTheStatement() {
    StatusException failure =
        Asked.failureOf(
            StatusCode.INVALID_ARGUMENT, () -> numbers("{\"sql\": \"SELECT nope FROM a.b\"}"));
    assertThat(failure.detail().orElseThrow().position()).hasValue(7);
    assertThat(failure.detail().orElseThrow().code()).isEqualTo("SQL_INVALID");
  }

  @Test
  void theServersOwnNamesAreNobodysElse() {
    Asked.failureOf(
        StatusCode.INVALID_ARGUMENT, () -> asked.put(".results/x", PutOptions.DEFAULT, 1));
    Asked.failureOf(
        StatusCode.INVALID_ARGUMENT, () -> numbers("{\"sql\": \"FROM \\\".results/x\\\"\"}"));
  }

  private List<Long> numbers(String ticket) {
    return asked.numbers(ticket(ticket), CallOptions.NONE);
  }

  private FlightInfo info(String json) {
    return asked.raw.getFlightInfo(command(json), CallOptions.NONE);
  }

  private PollInfo poll(FlightDescriptor descriptor) {
    return asked.raw.pollFlightInfo(descriptor, CallOptions.NONE);
  }

  private static String json(String sql) {
    return "{\"sql\": \"" + sql + "\"}";
  }

  private static Ticket ticket(String json) {
    return new Ticket(ByteString.copyFromUtf8(json));
  }

  private static FlightDescriptor command(String json) {
    return FlightDescriptor.command(json);
  }
}
