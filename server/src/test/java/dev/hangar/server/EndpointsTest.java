package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.TableName;
import dev.hangar.store.local.LocalStore;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.grpc.StatusException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is remembered of cancelled flights. */
class EndpointsTest {
  private static final TableName TABLE = TableName.parse("t");

  private final Tickets tickets = new Tickets(new SecureRandom());
  private final LocalStore store = LocalStore.inMemory(Instant::now);
  private final LocalStore results = LocalStore.cache(Instant::now);
  private final Endpoints endpoints = new Endpoints(store, results, tickets, Instant::now);

  @AfterEach
  void close() {
    store.close();
    results.close();
  }

  @Test
  void asManyCancelledTicketsAreRememberedAsThereMayBe() {
    var all = new ArrayList<FlightEndpoint>();
    for (int i = 0; i < Limits.CANCELLED_TICKETS; i++) {
      all.add(endpoint());
    }
    cancel(all);
    assertCancelled(all.get(0));
    FlightEndpoint more = endpoint();
    cancel(List.of(more));
    assertThatThrownBy(() -> open(all.get(0)))
        .as("the first is forgotten")
        .isInstanceOf(NoSuchTableException.class);
    assertCancelled(all.get(1));
    assertCancelled(more);
  }

  private FlightEndpoint endpoint() {
    return FlightEndpoint.of(tickets.seal(TABLE, 1, false, PartRange.all(1)));
  }

  private void cancel(List<FlightEndpoint> flight) {
    var info =
        new FlightInfo(
            ByteString.EMPTY, FlightDescriptor.path("t"), flight, -1, -1, true, ByteString.EMPTY);
    endpoints.cancel(info, new CallLog.Entry());
  }

  private void open(FlightEndpoint endpoint) {
    endpoints.open(tickets.open(endpoint.ticket().bytes())).close();
  }

  private void assertCancelled(FlightEndpoint endpoint) {
    assertThatThrownBy(() -> open(endpoint))
        .isInstanceOf(StatusException.class)
        .hasMessageContaining("was cancelled");
  }
}
