package dev.hangar.server;

import static dev.hangar.server.Asked.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.client.PutOptions;
import dev.hangar.store.StorageException;
import dev.hangar.store.TableName;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tickets that outlive the server that made them. */
@Timeout(120)
class TicketKeyTest {
  private final SecureRandom random = new SecureRandom();

  @TempDir private Path folder;

  @Test
  void theKeyStaysAndIsForItsOwnerAlone() throws IOException {
    byte[] key = TicketKey.in(folder, random);
    assertThat(key).hasSize(32);
    assertThat(TicketKey.in(folder, random)).isEqualTo(key);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("ticket-key"));
    }
    assertThat(Files.getPosixFilePermissions(folder.resolve("ticket-key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void whatIsNoKeyIsRefused() throws IOException {
    for (int length : new int[] {0, 31, 33}) {
      Files.write(folder.resolve("ticket-key"), new byte[length]);
      assertThatThrownBy(() -> TicketKey.in(folder, random))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("ticket-key has " + length + " bytes, not 32");
    }
  }

  @Test
  void aTicketOutlivesItsServer() throws IOException {
    Ticket current;
    Ticket replaced;
    try (var asked = new Asked(config())) {
      asked.put("t", PutOptions.DEFAULT, 1);
      replaced = ticket(asked);
      asked.put("t", PutOptions.DEFAULT, 2);
      current = ticket(asked);
      assertThat(asked.numbers(replaced, CallOptions.NONE)).containsExactly(1L);
    }
    try (var asked = new Asked(config())) {
      assertThat(asked.numbers(current, CallOptions.NONE)).containsExactly(2L);
      assertThat(failureOf(StatusCode.NOT_FOUND, () -> asked.numbers(replaced, CallOptions.NONE)))
          .hasMessageContaining("version 1, now 2");
    }
    Files.delete(folder.resolve("data").resolve("ticket-key"));
    try (var asked = new Asked(config())) {
      assertThat(
              failureOf(
                  StatusCode.INVALID_ARGUMENT, () -> asked.numbers(current, CallOptions.NONE)))
          .hasMessageContaining("another key");
    }
  }

  @Test
  void idsAreNotThoseOfAnEarlierRun() {
    byte[] key = Seal.newKey(random);
    var name = TableName.parse("t");
    Ticket first = new Tickets(key, random).seal(name, 1, true, PartRange.all(1));
    Ticket second = new Tickets(key, random).seal(name, 1, true, PartRange.all(1));
    var tickets = new Tickets(key, random);
    assertThat(tickets.open(first.bytes()).ticket())
        .isNotEqualTo(tickets.open(second.bytes()).ticket());
  }

  private ServerConfig config() {
    return ServerConfig.defaults().withMemoryBytes(64 << 20).withData(folder.resolve("data"));
  }

  private static Ticket ticket(Asked asked) {
    FlightInfo info = asked.raw.getFlightInfo(FlightDescriptor.path("t"), CallOptions.NONE);
    return info.endpoints().get(0).ticket();
  }
}
