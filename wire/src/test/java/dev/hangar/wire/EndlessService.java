package dev.hangar.wire;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A service that says where it is, echoes, and sends without end. */
final class EndlessService implements FlightService {
  final AtomicInteger puts = new AtomicInteger();

  @Override
  public FlightInfo getFlightInfo(CallContext call, FlightDescriptor descriptor) {
    var endpoint = FlightEndpoint.of(Ticket.of("t"), call.locations().toArray(Location[]::new));
    return new FlightInfo(
        ByteString.EMPTY, descriptor, List.of(endpoint), 0, 0, true, ByteString.EMPTY);
  }

  @Override
  public void doGet(CallContext call, Ticket ticket, FlightSink out) {
    for (int i = 0; ; i++) {
      ByteBuffer body = ByteBuffer.allocate(10_000).putInt(0, i);
      out.send(FlightData.batch(ByteBuffer.allocate(8), null, List.of(body), () -> {}));
    }
  }

  @Override
  public void doPut(CallContext call, FlightSource in, Acknowledgements out) {
    for (FlightData data; (data = in.next()) != null; ) {
      data.close();
    }
    puts.incrementAndGet();
  }

  @Override
  public void doExchange(CallContext call, FlightSource in, FlightSink out) {
    for (FlightData data; (data = in.next()) != null; ) {
      out.send(FlightData.batch(data.header(), null, data.body(), data::close));
    }
  }

  @Override
  public List<ActionType> listActions(CallContext call) {
    return List.of(new ActionType("none", "there are none"));
  }
}
