package dev.hangar.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import org.apache.arrow.flight.AsyncPutListener;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Transfers by flight-core's client. Does not own the allocator. */
final class FlightCoreTransfer implements TransferClient {

  private final FlightClient client;

  FlightCoreTransfer(BufferAllocator allocator, URI url) {
    client =
        FlightClient.builder(allocator, Location.forGrpcInsecure(url.getHost(), url.getPort()))
            .build();
  }

  @Override
  public void put(String name, VectorSchemaRoot batch, int times) {
    var acknowledged = new AsyncPutListener();
    var stream =
        client.startPut(FlightDescriptor.command(name.getBytes(UTF_8)), batch, acknowledged);
    for (var i = 0; i < times; i++) {
      stream.putNext();
    }
    stream.completed();
    stream.getResult();
  }

  @Override
  @SuppressWarnings("try") // FlightStream.close() declares Exception, which could be an interrupt
  public long get(String name) {
    var rows = 0L;
    try (var stream = client.getStream(new Ticket(name.getBytes(UTF_8)))) {
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
      }
    } catch (Exception e) {
      throw new IllegalStateException("get of " + name + " failed", e);
    }
    return rows;
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
