package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.client.PutOptions;
import dev.hangar.client.PutOptions.Mode;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.CancelStatus;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.grpc.StatusCode;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of several parts, which are large enough for several endpoints or not. */
@Timeout(120)
class EndpointsOfPartsTest {
  private static final PutOptions APPEND = PutOptions.DEFAULT.mode(Mode.APPEND);
  private static final FlightDescriptor TABLE = FlightDescriptor.path("t");

  /** Of one part; so many make an endpoint, and so many are left for the second. */
  private static final int ROWS = 1 << 19;

  private static final int FIRST = (int) (Limits.ENDPOINT_BYTES / Long.BYTES / ROWS);
  private static final int SECOND = FIRST + 2;
  private static final long ALL_ROWS = (long) (FIRST + SECOND) * ROWS;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void largePartsAreEndpointsInTheirOrder(boolean onDisk) throws Exception {
    ServerConfig config = ServerConfig.defaults().withMemoryBytes(512 << 20);
    try (var asked = new Asked(onDisk ? config.withData(folder.resolve("data")) : config)) {
      for (int part = 0; part < FIRST + SECOND; part++) {
        append(asked, (long) part * ROWS);
      }
      FlightInfo info = asked.raw.getFlightInfo(TABLE, CallOptions.NONE);
      assertThat(info.ordered()).isTrue();
      assertThat(info.records()).isEqualTo(ALL_ROWS);
      assertThat(info.endpoints()).hasSize(2).allMatch(endpoint -> endpoint.expiration() != null);
      assertThat(asked.numbers(info.endpoints().get(0).ticket(), CallOptions.NONE)).hasSize(FIRST);
      assertThat(asked.numbers(info.endpoints().get(1).ticket(), CallOptions.NONE)).hasSize(SECOND);
      assertThat(asked.numbers(info.endpoints().get(1).ticket(), skip(SECOND - 1))).hasSize(1);
      Asked.failureOf(
          StatusCode.INVALID_ARGUMENT,
          () -> asked.numbers(info.endpoints().get(0).ticket(), skip(FIRST + 1)));
      assertConsecutive(asked);
      assertListedWhole(asked);
      FlightEndpoint renewed =
          asked.raw.renewFlightEndpoint(info.endpoints().get(1), CallOptions.NONE);
      assertThat(asked.numbers(renewed.ticket(), CallOptions.NONE)).hasSize(SECOND);
      assertThat(asked.raw.cancelFlightInfo(info, CallOptions.NONE))
          .isEqualTo(CancelStatus.CANCELLED);
      for (FlightEndpoint endpoint : info.endpoints()) {
        Asked.failureOf(
            StatusCode.CANCELLED, () -> asked.numbers(endpoint.ticket(), CallOptions.NONE));
      }
    }
  }

  @Test
  void smallPartsAreOneEndpoint() throws Exception {
    try (var asked = new Asked(ServerConfig.defaults().withMemoryBytes(64 << 20))) {
      for (long number = 0; number < 5; number++) {
        asked.put("t", APPEND, number);
      }
      List<FlightEndpoint> endpoints = asked.raw.getFlightInfo(TABLE, CallOptions.NONE).endpoints();
      assertThat(endpoints).hasSize(1);
      assertThat(asked.numbers(endpoints.get(0).ticket(), CallOptions.NONE))
          .containsExactly(0L, 1L, 2L, 3L, 4L);
    }
  }

  /** Old clients read the first endpoint of what is listed. */
  private static void assertListedWhole(Asked asked) {
    try (var flights =
        asked.raw.listFlights(com.google.protobuf.ByteString.EMPTY, CallOptions.NONE)) {
      List<FlightEndpoint> endpoints = flights.next().endpoints();
      assertThat(endpoints).hasSize(1);
      assertThat(asked.numbers(endpoints.get(0).ticket(), CallOptions.NONE))
          .hasSize(FIRST + SECOND);
    }
  }

  private static void assertConsecutive(Asked asked) throws Exception {
    long next = 0;
    try (ArrowReader reader = asked.hangar.get("t")) {
      while (reader.loadNextBatch()) {
        var column = (BigIntVector) reader.getVectorSchemaRoot().getVector(0);
        assertThat(column.get(0)).isEqualTo(next);
        next += column.getValueCount();
        assertThat(column.get(column.getValueCount() - 1)).isEqualTo(next - 1);
      }
    }
    assertThat(next).isEqualTo(ALL_ROWS);
  }

  private static void append(Asked asked, long first) {
    var column = new BigIntVector("n", asked.allocator);
    column.allocateNew(ROWS);
    for (int row = 0; row < ROWS; row++) {
      column.set(row, first + row);
    }
    column.setValueCount(ROWS);
    try (var root = VectorSchemaRoot.of(column)) {
      asked.hangar.put("t", root, APPEND);
    }
  }

  private static CallOptions skip(long batches) {
    return CallOptions.NONE.header("hangar-skip-batches", Long.toString(batches));
  }
}
