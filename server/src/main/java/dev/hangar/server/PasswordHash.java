package dev.hangar.server;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * What is kept of a password: PBKDF2 with HMAC-SHA-512 (RFC 8018), which takes long on purpose.
 * Immutable.
 *
 * <pre>
 *  pbkdf2-sha512 : 210000     : 16 bytes, : 32 bytes,
 *                  iterations   base64      base64
 * </pre>
 */
final class PasswordHash {
  /** What OWASP's Password Storage Cheat Sheet asks for with SHA-512. */
  private static final int ITERATIONS = 210_000;

  /** More would let a credentials file stop the server. */
  private static final int ITERATIONS_MAX = 10_000_000;

  private static final String KIND = "pbkdf2-sha512";
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  private final int iterations;
  private final byte[] salt;
  private final byte[] hash;

  private PasswordHash(int iterations, byte[] salt, byte[] hash) {
    this.iterations = iterations;
    this.salt = salt;
    this.hash = hash;
  }

  /** The hash of a password, with a salt of {@code random}. */
  static PasswordHash of(String password, SecureRandom random) {
    return of(password, random, ITERATIONS);
  }

  static PasswordHash of(String password, SecureRandom random, int iterations) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return new PasswordHash(iterations, salt, hash(password, salt, iterations));
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException it is none; the message does not repeat it
   */
  static PasswordHash parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 4 || !parts[0].equals(KIND)) {
      throw new IllegalArgumentException("not a password hash: it begins with '" + KIND + ":'");
    }
    int iterations = iterations(parts[1]);
    byte[] salt = Base64.getDecoder().decode(parts[2]);
    byte[] hash = Base64.getDecoder().decode(parts[3]);
    if (salt.length < SALT_BYTES || hash.length != HASH_BYTES) {
      throw new IllegalArgumentException(
          "a password hash with a salt of "
              + salt.length
              + " bytes and a hash of "
              + hash.length
              + ": there have to be at least "
              + SALT_BYTES
              + ", and "
              + HASH_BYTES);
    }
    return new PasswordHash(iterations, salt, hash);
  }

  /** Whether it is the hash of this password; takes long for every answer. */
  boolean matches(String password) {
    return MessageDigest.isEqual(hash, hash(password, salt, iterations));
  }

  private static int iterations(String text) {
    try {
      int iterations = Integer.parseInt(text);
      if (iterations > 0 && iterations <= ITERATIONS_MAX) {
        return iterations;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "a password hash whose iterations are no number up to " + ITERATIONS_MAX);
  }

  private static byte[] hash(String password, byte[] salt, int iterations) {
    var spec = new PBEKeySpec(password.toCharArray(), salt, iterations, HASH_BYTES * Byte.SIZE);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has PBKDF2WithHmacSHA512", e);
    } finally {
      spec.clearPassword();
    }
  }

  /** As a credentials file has it. */
  @Override
  public String toString() {
    Base64.Encoder base64 = Base64.getEncoder();
    return String.join(
        ":",
        KIND,
        Integer.toString(iterations),
        base64.encodeToString(salt),
        base64.encodeToString(hash));
  }
}
