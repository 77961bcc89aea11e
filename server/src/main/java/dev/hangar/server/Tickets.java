package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.store.TableName;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tickets of ours: a table's name and version, and which of its parts, under a seal that only this
 * server can make, and who follows it in its data directory ({@link TicketKey}).
 *
 * <pre>
 *  0             4         12   20     21     25   29       29 + n   + 16
 *  | 00 'H' 'T' 3 | version | id | kept | from | to | name … | seal |
 *                   big-endian     0, 1   parts       UTF-8    {@link Seal} of all before
 * </pre>
 *
 * <p>The id is the ticket's own: no other has it. No name begins with a zero byte, so no name is
 * taken for a ticket of ours. Thread-safe.
 */
final class Tickets {
  /** With any layout behind it: a ticket of another layout is none of a table's name either. */
  private static final ByteString MAGIC = ByteString.copyFrom(new byte[] {0, 'H', 'T'});

  private static final byte LAYOUT = 3;
  private static final int VERSION_AT = 4;
  private static final int ID_AT = VERSION_AT + Long.BYTES;
  private static final int KEPT_AT = ID_AT + Long.BYTES;
  private static final int FROM_AT = KEPT_AT + 1;
  private static final int TO_AT = FROM_AT + Integer.BYTES;
  private static final int NAME_AT = TO_AT + Integer.BYTES;

  private final Seal seal;
  private final AtomicLong nextId;

  /** Tickets under a key of {@code random}, which nobody else has. */
  Tickets(SecureRandom random) {
    this.seal = new Seal(random);
    this.nextId = new AtomicLong();
  }

  /**
   * Tickets under a key that was used before, it may be: their ids begin where {@code random} says,
   * so that none is taken for one of an earlier run.
   */
  Tickets(byte[] key, SecureRandom random) {
    this.seal = new Seal(key);
    this.nextId = new AtomicLong(random.nextLong());
  }

  /** Tickets for statements, under the same key. */
  QueryTickets queries() {
    return new QueryTickets(seal);
  }

  /** Tickets for files, under the same key. */
  DatasetTickets datasets() {
    return new DatasetTickets(seal);
  }

  static boolean isOurs(ByteString ticket) {
    return ticket.startsWith(MAGIC);
  }

  /**
   * A new ticket for some parts of one version of a table.
   *
   * @param kept whether the version is kept for this ticket
   */
  Ticket seal(TableName table, long version, boolean kept, PartRange parts) {
    byte[] name = table.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(NAME_AT + name.length + Seal.BYTES);
    bytes.put(MAGIC.asReadOnlyByteBuffer()).put(LAYOUT).putLong(version);
    bytes.putLong(nextId.getAndIncrement()).put((byte) (kept ? 1 : 0));
    bytes.putInt(parts.from()).putInt(parts.to()).put(name);
    return seal.ticket(bytes.array());
  }

  /**
   * What a ticket of ours stands for.
   *
   * @throws StatusException INVALID_ARGUMENT: it was altered, or another server made it
   */
  Request.Pinned open(ByteString ticket) {
    byte[] bytes = seal.opened(ticket, MAGIC, LAYOUT, NAME_AT);
    var fields = ByteBuffer.wrap(bytes);
    String name = new String(bytes, NAME_AT, bytes.length - NAME_AT, StandardCharsets.UTF_8);
    return new Request.Pinned(
        TableName.parse(name),
        fields.getLong(VERSION_AT),
        fields.getLong(ID_AT),
        fields.get(KEPT_AT) != 0,
        new PartRange(fields.getInt(FROM_AT), fields.getInt(TO_AT)));
  }
}
