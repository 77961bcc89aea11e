package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.query.dataset.Dataset;
import dev.hangar.query.dataset.DatasetRange;
import dev.hangar.query.sql.Digest;
import dev.hangar.store.TableName;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Tickets for files: what they were when it was made, and which of their rows, under the seal of
 * this server's tickets.
 *
 * <pre>
 *  0             4      20     28   36       36 + n   + 16
 *  | 00 'H' 'F' 1 | print | from | to | name … | seal |
 *      SHA-256 of the files'   big-endian  UTF-8   {@link Seal} of all before
 *      fingerprint, cut
 * </pre>
 *
 * <p>Thread-safe.
 */
final class DatasetTickets {
  private static final ByteString MAGIC = ByteString.copyFrom(new byte[] {0, 'H', 'F'});

  private static final byte LAYOUT = 1;
  private static final int PRINT_AT = 4;
  private static final int PRINT_BYTES = 16;
  private static final int FROM_AT = PRINT_AT + PRINT_BYTES;
  private static final int TO_AT = FROM_AT + Long.BYTES;
  private static final int NAME_AT = TO_AT + Long.BYTES;

  private final Seal seal;

  DatasetTickets(Seal seal) {
    this.seal = seal;
  }

  static boolean isOurs(ByteString ticket) {
    return ticket.startsWith(MAGIC);
  }

  /** What a dataset's files are now, in few bytes. */
  static ByteString print(Dataset dataset) {
    return ByteString.copyFrom(Digest.bytes(dataset.fingerprint()), 0, PRINT_BYTES);
  }

  /** The same as text. */
  static String state(Dataset dataset) {
    return HexFormat.of().formatHex(print(dataset).toByteArray());
  }

  /** A ticket for a part of a dataset, as long as its files stay the same. */
  Ticket seal(Dataset dataset, DatasetRange range) {
    byte[] name = dataset.name().toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(NAME_AT + name.length + Seal.BYTES);
    bytes.put(MAGIC.asReadOnlyByteBuffer()).put(LAYOUT);
    bytes.put(print(dataset).asReadOnlyByteBuffer());
    bytes.putLong(range.from()).putLong(range.to()).put(name);
    return seal.ticket(bytes.array());
  }

  /**
   * What a ticket for files stands for.
   *
   * @throws StatusException INVALID_ARGUMENT: it was altered, or another server made it
   */
  Request.FileRange open(ByteString ticket) {
    byte[] bytes = seal.opened(ticket, MAGIC, LAYOUT, NAME_AT);
    var fields = ByteBuffer.wrap(bytes);
    String name = new String(bytes, NAME_AT, bytes.length - NAME_AT, StandardCharsets.UTF_8);
    return new Request.FileRange(
        TableName.parse(name),
        ByteString.copyFrom(Arrays.copyOfRange(bytes, PRINT_AT, FROM_AT)),
        new DatasetRange(fields.getLong(FROM_AT), fields.getLong(TO_AT)));
  }
}
