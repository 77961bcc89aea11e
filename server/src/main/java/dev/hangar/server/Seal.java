package dev.hangar.server;

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
}
