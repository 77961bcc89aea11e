package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.hangar.interop.Piece;
import dev.hangar.interop.PieceClient;
import dev.hangar.interop.Trials;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.CancelStatus;
import dev.hangar.wire.FlightClient;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.Location;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tickets of ours that somebody has changed. */
class TamperedTicketsTest {
  private static final int VERSION_AT = 4;
  private static final int RANGE_AT = 21;
  private static final FlightDescriptor TABLE = FlightDescriptor.path("a", "table");

  @TempDir private Path folder;
  private final Trials trials = new Trials("S-4 tampered tickets");
  private final Random random = trials.random();

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void noneIsTaken() throws Exception {
    var config = ServerConfig.defaults().withPort(0).withMemoryBytes(64 << 20).withData(folder);
    try (var server = HangarServer.start(config, line -> {});
        var other =
            HangarServer.start(
                ServerConfig.defaults().withPort(0).withMemoryBytes(64 << 20), line -> {});
        var client = FlightClient.of(Location.grpc("127.0.0.1", server.port()));
        var stranger = FlightClient.of(Location.grpc("127.0.0.1", other.port()))) {
      fill(server);
      fill(other);
      byte[] ticket = ticket(client);
      requireUsable(client, ticket);
      trials.count(isRefused(client, ticket(stranger)));
      for (int bit = 0; bit < ticket.length * Byte.SIZE; bit++) {
        trials.count(isRefused(client, flipped(ticket, bit)));
      }
      for (int length = 0; length < ticket.length; length++) {
        trials.count(isRefused(client, Arrays.copyOf(ticket, length)));
      }
      int left = Trials.count(1_000, 10_000) - ticket.length * (Byte.SIZE + 1) - 1;
      for (int i = 0; i < left; i++) {
        trials.count(isRefused(client, changed(ticket, ticket(client))));
      }
      requireUsable(client, ticket);
      trials.report("");
      assertThat(trials.failed()).as(trials.replay()).isZero();
    }
  }

  /** Two versions that can be read, the second of them in three parts. */
  private static void fill(HangarServer server) {
    try (var client = new PieceClient(server.port())) {
      var kept = Metadata.of("hangar-keep-versions", "5");
      client.put("a/table", kept, new Piece(1, 10, 10));
      for (int part = 2; part < 5; part++) {
        client.put("a/table", kept.with("hangar-mode", "append"), new Piece(part, 10, 10));
      }
    }
  }

  private static byte[] ticket(FlightClient client) {
    FlightInfo info = client.getFlightInfo(TABLE, CallOptions.NONE);
    return info.endpoints().get(0).ticket().bytes().toByteArray();
  }

  private static byte[] flipped(byte[] ticket, int bit) {
    byte[] bytes = ticket.clone();
    bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
    return bytes;
  }

  /** Another version, other parts, another name, more at the end, another ticket's seal. */
  private byte[] changed(byte[] ticket, byte[] other) {
    ByteBuffer bytes = ByteBuffer.wrap(ticket.clone());
    switch (random.nextInt(6)) {
      case 0 -> bytes.putLong(VERSION_AT, 1 + random.nextInt(3));
      case 1 -> bytes.putInt(RANGE_AT, 1 + random.nextInt(3));
      case 2 -> bytes.putInt(RANGE_AT + Integer.BYTES, random.nextInt());
      case 3 ->
          System.arraycopy(
              other,
              other.length - Seal.BYTES,
              bytes.array(),
              ticket.length - Seal.BYTES,
              Seal.BYTES);
      case 4 -> {
        byte[] longer = Arrays.copyOf(ticket, ticket.length + 1 + random.nextInt(64));
        return longer;
      }
      default -> {
        byte[] noise = new byte[1 + random.nextInt(8)];
        random.nextBytes(noise);
        int at = random.nextInt(ticket.length - noise.length);
        System.arraycopy(noise, 0, bytes.array(), at, noise.length);
        return Arrays.equals(bytes.array(), ticket) ? flipped(ticket, 0) : bytes.array();
      }
    }
    return bytes.array();
  }

  private static void requireUsable(FlightClient client, byte[] ticket) {
    try (var get = client.doGet(new Ticket(ByteString.copyFrom(ticket)), CallOptions.NONE)) {
      assertThat(get.next()).isNotNull().satisfies(FlightData::close);
    }
  }

  /** To be read, to be renewed, and to be cancelled. */
  private static boolean isRefused(FlightClient client, byte[] bytes) {
    var ticket = new Ticket(ByteString.copyFrom(bytes));
    var endpoint = new FlightEndpoint(ticket, List.of(), null, ByteString.EMPTY);
    var info =
        new FlightInfo(ByteString.EMPTY, TABLE, List.of(endpoint), -1, -1, true, ByteString.EMPTY);
    return isRefused(() -> {
      try (var get = client.doGet(ticket, CallOptions.NONE)) {
        get.next();
      }
    })
        && isRefused(() -> client.renewFlightEndpoint(endpoint, CallOptions.NONE))
        && isRefused(() -> {
          var status = client.cancelFlightInfo(info, CallOptions.NONE);
          if (status == CancelStatus.NOT_CANCELLABLE) {
            throw new StatusException(
                StatusCode.INVALID_ARGUMENT, "a name, which is not cancelled");
          }
        });
  }

  private static boolean isRefused(Runnable call) {
    try {
      call.run();
      return false;
    } catch (StatusException e) { // flipped at its beginning, it may be taken for a name
      return e.code() == StatusCode.INVALID_ARGUMENT || e.code() == StatusCode.NOT_FOUND;
    }
  }
}
