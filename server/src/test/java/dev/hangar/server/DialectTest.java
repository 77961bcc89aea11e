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
    var target = new Target.Table(table.table());
    assertThat(dialect.write(FlightDescriptor.path("a/b"))).isEqualTo(target);
    assertThat(dialect.write(FlightDescriptor.command("{\"put\": \"a/b\"}"))).isEqualTo(target);
    assertThat(dialect.write(FlightDescriptor.command("a/b"))).isEqualTo(target);
  }

  @Test
  void numbersBehindNamesAreVersionsToRead() {
    var numbered = new Request.Numbered(TableName.parse("a/b"), 7);
    assertThat(dialect.read(FlightDescriptor.path("a", "b@7"))).isEqualTo(numbered);
    assertThat(dialect.read(FlightDescriptor.command("a/b@7"))).isEqualTo(numbered);
    assertThat(dialect.read(FlightDescriptor.command("{\"get\": \"a/b@7\"}"))).isEqualTo(numbered);
    assertThat(dialect.read(Ticket.of("a/b@7"))).isEqualTo(numbered);
    assertThat(dialect.read(Ticket.of("{\"get\": \"a/b@7\"}"))).isEqualTo(numbered);
    assertThat(dialect.read(Ticket.of("t@9223372036854775807")))
        .isEqualTo(new Request.Numbered(TableName.parse("t"), Long.MAX_VALUE));
    assertInvalid(
        () -> dialect.read(Ticket.of("t@9223372036854775808")), "the version in the name");
    for (String name : new String[] {"a@7/b", "a@b", "a@", "a@7x", "me@home.org"}) {
      assertThat(dialect.read(Ticket.of(name)))
          .isEqualTo(new Request.Latest(TableName.parse(name)));
    }
    assertThatThrownBy(() -> dialect.read(Ticket.of("@7")))
        .isInstanceOf(IllegalNameException.class);
  }

  @Test
  void versionsAreNotWritten() {
    for (ThrowingCallable write :
        new ThrowingCallable[] {
          () -> dialect.write(FlightDescriptor.path("a", "b@7")),
          () -> dialect.write(FlightDescriptor.command("a/b@7")),
          () -> dialect.write(FlightDescriptor.command("{\"put\": \"a/b@7\"}")),
          () -> dialect.named(ByteString.copyFromUtf8("a/b@7"))
        }) {
      assertInvalid(write, "choose a name that does not end in @ and digits");
    }
    assertThat(dialect.write(FlightDescriptor.path("a@7", "b")))
        .isEqualTo(new Target.Table(TableName.parse("a@7/b")));
  }

  @Test
  void partsOfUploadsAreNumberedFrom0() {
    assertThat(dialect.write(FlightDescriptor.command("{\"upload\": \"x\", \"part\": 0}")))
        .isEqualTo(new Target.Part("x", 0));
    assertThat(dialect.write(FlightDescriptor.command("{\"part\": 2147483647, \"upload\": \"x\"}")))
        .isEqualTo(new Target.Part("x", Integer.MAX_VALUE));
    for (String bad :
        new String[] {
          "{\"upload\": \"x\"}",
          "{\"part\": 1}",
          "{\"upload\": \"x\", \"part\": -1}",
          "{\"upload\": \"x\", \"part\": 2147483648}",
          "{\"upload\": \"x\", \"part\": \"1\"}",
          "{\"upload\": \"x\", \"put\": \"t\"}",
          "{\"get\": \"t\"}"
        }) {
      assertInvalid(
          () -> dialect.write(FlightDescriptor.command(bad)), "{\"upload\": \"ID\", \"part\": 0}");
    }
    assertInvalid(
        () -> dialect.write(FlightDescriptor.command("{\"put\": \"a\", \"put\": \"b\"}")),
        "uplicate");
  }

  @Test
  void unknownKeysAreRefusedWithTheKnownOnes() {
    assertInvalid(
        () -> dialect.read(Ticket.of("{\"query\": \"select 1\"}")),
        "an unknown key \"query\"; known are get, put, upload, part, sql, parameters, timeout, cache");
  }

  @Test
  void commandsOfTheWrongKindSayWhatIsMeant() {
    assertInvalid(
        () -> dialect.read(Ticket.of("{\"put\": \"a\"}")),
        "has to be {\"get\": \"table name\"} or {\"sql\": \"select …\"} here");
    assertInvalid(() -> dialect.read(Ticket.of("{}")), "has to be {\"get\": \"table name\"}");
    assertInvalid(() -> dialect.read(Ticket.of("{\"get\": 7}")), "has to be");
    assertInvalid(
        () -> dialect.read(Ticket.of("{\"get\": \"a\"")), "has to be a JSON object, and is none");
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
    var parts = new PartRange(3, Integer.MAX_VALUE);
    assertThat(dialect.read(tickets.seal(table, 42, true, parts)))
        .isEqualTo(new Request.Pinned(table, 42, 0, true, parts));
  }

  @Test
  void alteredTicketsAreRefused() {
    long seed = 7;
    var random = new Random(seed);
    byte[] good =
        tickets.seal(TableName.parse("trades"), 3, true, PartRange.all(1)).bytes().toByteArray();
    for (int i = 0; i < 1_000; i++) {
      byte[] bad = good.clone();
      bad[3 + random.nextInt(bad.length - 3)] ^= (byte) (1 << random.nextInt(8));
      assertInvalid(
          () -> dialect.read(new Ticket(ByteString.copyFrom(bad))), "not one of this server's");
    }
    for (int length = 4; length < good.length; length++) {
      ByteString cut = ByteString.copyFrom(good, 0, length);
      assertInvalid(() -> dialect.read(new Ticket(cut)), "not one of this server's");
    }
    Ticket foreign =
        new Tickets(new SecureRandom()).seal(TableName.parse("trades"), 3, true, PartRange.all(1));
    assertInvalid(() -> dialect.read(foreign), "not one of this server's");
  }

  private static void assertInvalid(ThrowingCallable call, String why) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.INVALID_ARGUMENT))
        .hasMessageContaining(why);
  }
}
