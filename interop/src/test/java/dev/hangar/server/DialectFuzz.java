package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.store.IllegalNameException;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusException;
import java.security.SecureRandom;
import java.util.List;

/** Names, JSON commands and tickets: {@code | which | bytes …}. */
public final class DialectFuzz {
  private static final Tickets TICKETS = new Tickets(new SecureRandom());
  private static final Dialect DIALECT = new Dialect(TICKETS);

  private DialectFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    var bytes = ByteString.copyFrom(input, 1, input.length - 1);
    try {
      switch (input[0] & 3) {
        case 0 -> ticket(bytes);
        case 1 -> DIALECT.read(new FlightDescriptor.Command(bytes));
        case 2 -> {
          var command = new FlightDescriptor.Command(bytes);
          if (DIALECT.write(command) instanceof Target.Table table) {
            Dialect.origin(command, table.name()).encode();
          }
        }
        default -> DIALECT.write(new FlightDescriptor.Path(List.of(bytes.toStringUtf8(), "b")));
      }
    } catch (StatusException | IllegalNameException refused) {
      // as documented
    }
  }

  private static void ticket(ByteString bytes) {
    if (DIALECT.read(new Ticket(bytes)) instanceof Request.Pinned) {
      throw new IllegalStateException("a forged ticket was accepted");
    }
  }
}
