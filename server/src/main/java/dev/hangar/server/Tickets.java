package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.store.TableName;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tickets of ours: a table's name and version, under a seal that only this server can make.
 *
 * <pre>
 *  0             4         12       12 + n      + 16
 *  | 00 'H' 'T' 1 | version | name … | seal |
 *                   big-end.  UTF-8    first 16 bytes of HMAC-SHA-256 over all before
 * </pre>
 *
 * <p>No name begins with a zero byte, so no name is taken for a ticket of ours. Thread-safe.
 */
final class Tickets {
  private static final ByteString MAGIC = ByteString.copyFrom(new byte[] {0, 'H', 'T', 1});
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final int SEAL_BYTES = 16;
  private static final int NAME_AT = 4 + Long.BYTES;

  private final SecretKeySpec key;

  /** Tickets under a key of {@code random}: no other server's, no earlier run's. */
  Tickets(SecureRandom random) {
    byte[] secret = new byte[KEY_BYTES];
    random.nextBytes(secret);
    this.key = new SecretKeySpec(secret, ALGORITHM);
  }

  static boolean isOurs(ByteString ticket) {
    return ticket.startsWith(MAGIC);
  }

  /** A ticket for one version of a table. */
  Ticket seal(TableName table, long version) {
    byte[] name = table.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(NAME_AT + name.length + SEAL_BYTES);
    bytes.put(MAGIC.asReadOnlyByteBuffer()).putLong(version).put(name);
    bytes.put(sealOf(bytes.array(), NAME_AT + name.length)).flip();
    return new Ticket(ByteString.copyFrom(bytes));
  }

  /**
   * What a ticket of ours stands for.
   *
   * @throws StatusException INVALID_ARGUMENT: it was altered, or another server made it
   */
  Request.Pinned open(ByteString ticket) {
    byte[] bytes = ticket.toByteArray();
    int sealed = bytes.length - SEAL_BYTES;
    if (sealed <= NAME_AT
        || !MessageDigest.isEqual(
            sealOf(bytes, sealed), Arrays.copyOfRange(bytes, sealed, bytes.length))) {
      throw new StatusException(
          StatusCode.INVALID_ARGUMENT,
          "this ticket is not one of this server's: it was altered, or the server has restarted;"
              + " ask GetFlightInfo for a new one");
    }
    String name = new String(bytes, NAME_AT, sealed - NAME_AT, StandardCharsets.UTF_8);
    return new Request.Pinned(
        TableName.parse(name), ByteBuffer.wrap(bytes).getLong(NAME_AT - Long.BYTES));
  }

  private byte[] sealOf(byte[] bytes, int length) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(bytes, 0, length);
      return Arrays.copyOf(mac.doFinal(), SEAL_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
