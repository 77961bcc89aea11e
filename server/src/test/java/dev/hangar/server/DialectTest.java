package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.hangar.store.IllegalNameException;
import dev.hangar.store.TableName;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.security.SecureRandom;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DialectTest {
  private final Tickets tickets = new Tickets(new SecureRandom());
  private final Dialect dialect = new Dialect(tickets);

  @Test
  void pathsCommandsAndTicketsNameTheSameTable() {
    var table = new Request.Latest(TableName.parse("a/b"));

    assertThat(dialect.read(FlightDescriptor.path("a", "b"))).isEqualTo(table);
    assertThat(dialect.read(FlightDescriptor.path("a/b"))).as("as R sends it").isEqualTo(table);
    assertThat(dialect.read(FlightDescriptor.command("a/b"))).isEqualTo(table);
    assertThat(dialect.read(FlightDescriptor.command("{\"get\": \"a/b\"}"))).isEqualTo(table);
    assertThat(dialect.read(Ticket.of("a/b"))).isEqualTo(table);
    assertThat(dialect.read(Ticket.of("{\"get\": \"a/b\"}"))).isEqualTo(table);
    assertThat(dialect.write(FlightDescriptor.command("{\"put\": \"a/b\"}")))
        .isEqualTo(table.table());
    assertThat(dialect.write(FlightDescriptor.command("a/b"))).isEqualTo(table.table());
  }

  @Test
  void unknownKeysAreRefusedWithTheKnownOnes() {
    assertInvalid(
        () -> dialect.read(Ticket.of("{\"sql\": \"select 1\"}")),
        "unknown key 'sql'; known are get, put");
  }

  @Test
  void commandsOfTheWrongKindSayWhatIsMeant() {
    assertInvalid(
        () -> dialect.read(Ticket.of("{\"put\": \"a\"}")),
        "has to be {\"get\": \"table name\"} here");
    assertInvalid(() -> dialect.read(Ticket.of("{}")), "has to be {\"get\": \"table name\"} here");
    assertInvalid(() -> dialect.read(Ticket.of("{\"get\": 7}")), "has to be");
    assertInvalid(() -> dialect.read(Ticket.of("{\"get\": \"a\"")), "begins like JSON and is none");
  }

  @Test
  void namesThatAreNoneAreRefused() {
    assertThatThrownBy(() -> dialect.read(Ticket.of(""))).isInstanceOf(IllegalNameException.class);
    assertThatThrownBy(() -> dialect.read(FlightDescriptor.path()))
        .isInstanceOf(IllegalNameException.class);
    assertThatThrownBy(() -> dialect.read(FlightDescriptor.path("a", "")))
        .isInstanceOf(IllegalNameException.class);
    assertInvalid(
        () -> dialect.read(new Ticket(ByteString.copyFrom(new byte[] {'a', (byte) 0xff}))),
        "it is not UTF-8");
  }

  @Test
  void ticketsOfOursStandForAVersion() {
    var table = TableName.parse("näme/x");
    assertThat(dialect.read(tickets.seal(table, 42, true)))
        .isEqualTo(new Request.Pinned(table, 42, 0, true));
  }

  @Test
  void alteredTicketsAreRefused() {
    long seed = 7;
    var random = new Random(seed);
    byte[] good = tickets.seal(TableName.parse("trades"), 3, true).bytes().toByteArray();
    for (int i = 0; i < 1_000; i++) {
      byte[] bad = good.clone();
      bad[4 + random.nextInt(bad.length - 4)] ^= (byte) (1 << random.nextInt(8));
      assertInvalid(
          () -> dialect.read(new Ticket(ByteString.copyFrom(bad))), "not one of this server's");
    }
    for (int length = 4; length < good.length; length++) {
      ByteString cut = ByteString.copyFrom(good, 0, length);
      assertInvalid(() -> dialect.read(new Ticket(cut)), "not one of this server's");
    }
    Ticket foreign = new Tickets(new SecureRandom()).seal(TableName.parse("trades"), 3, true);
    assertInvalid(() -> dialect.read(foreign), "not one of this server's");
  }

  private static void assertInvalid(ThrowingCallable call, String why) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.INVALID_ARGUMENT))
        .hasMessageContaining(why);
  }
}
