package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.wire.FlightServer;
import dev.hangar.wire.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A server with a shelf, and its client, for each test; neither may hold anything at its end. */
final class Served implements AfterEachCallback {
  final Shelf shelf = new Shelf();
  final RootAllocator allocator = new RootAllocator();
  final FlightServer server = start(shelf);
  final Hangar hangar = Hangar.connect(location().uri(), allocator);

  /** Where the server is. */
  Location location() {
    return Shelf.at(server.port());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    hangar.close();
    assertThat(hangar.bodyBytes()).isZero();
    allocator.close(); // fails where something is not released
    server.close();
    assertThat(server.bodyBytes()).isZero();
  }

  private static FlightServer start(Shelf shelf) {
    try {
      return FlightServer.builder(shelf).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
