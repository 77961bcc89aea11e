package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A mark that only who has its key can make: the first 16 bytes of HMAC-SHA-256. Thread-safe. */
final class Seal {
  static final int BYTES = 16;

  private static final String ALGORITHM = "HmacSHA256";
  static final int KEY_BYTES = 32;

  private final SecretKeySpec key;

  /** A seal under a key of {@code random}: no other server's, no earlier run's. */
  Seal(SecureRandom random) {
    this(newKey(random));
  }

  /** A seal under a key of {@link #KEY_BYTES}: that of everybody who has it. */
  Seal(byte[] secret) {
    this.key = new SecretKeySpec(secret, ALGORITHM);
  }

  static byte[] newKey(SecureRandom random) {
    byte[] secret = new byte[KEY_BYTES];
    random.nextBytes(secret);
    return secret;
  }

  /** The seal of the first {@code length} bytes. */
  byte[] of(byte[] bytes, int length) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(bytes, 0, length);
      return Arrays.copyOf(mac.doFinal(), BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  /** Whether the last bytes are the seal of those before; takes the same time for every answer. */
  boolean closes(byte[] bytes) {
    int sealed = bytes.length - BYTES;
    return sealed >= 0
        && MessageDigest.isEqual(
            of(bytes, sealed), Arrays.copyOfRange(bytes, sealed, bytes.length));
  }

  /** A ticket of {@code bytes}, whose last {@link #BYTES} become the seal of those before. */
  Ticket ticket(byte[] bytes) {
    int sealed = bytes.length - BYTES;
    System.arraycopy(of(bytes, sealed), 0, bytes, sealed, BYTES);
    return new Ticket(ByteString.copyFrom(bytes));
  }

  /**
   * The bytes of a ticket that {@link #ticket} made, without the seal.
   *
   * @param layout the byte behind {@code kind}
   * @param least bytes that have to be before the last
   * @throws StatusException INVALID_ARGUMENT: it was altered, or another server made it
   */
  byte[] opened(ByteString ticket, ByteString kind, byte layout, int least) {
    byte[] bytes = ticket.toByteArray();
    int sealed = bytes.length - BYTES;
    if (sealed <= least || bytes[kind.size()] != layout || !closes(bytes)) {
      throw new StatusException(
              StatusCode.INVALID_ARGUMENT,
              "this ticket is not one of this server's: it was altered, or made by a server with"
                  + " another key; ask GetFlightInfo for a new one")
          .withDetail(ErrorDetail.of("TICKET_INVALID").withHint("ask GetFlightInfo for a new one"));
    }
    return Arrays.copyOf(bytes, sealed);
  }
}
