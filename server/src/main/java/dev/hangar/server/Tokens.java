package dev.hangar.server;

import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;

/**
 * What stands for a user for a while: a name and a time, under a seal, as base64 for URLs.
 * Thread-safe.
 *
 * <pre>
 *  0   1             9        9 + n   + 16
 *  | 1 | end         | name … | seal |
 *        seconds of    UTF-8    {@link Seal} of all before
 *        Unix time,
 *        big-endian
 * </pre>
 */
final class Tokens {
  private static final byte KIND = 1;
  private static final int NAME_AT = 1 + Long.BYTES;

  private final Seal seal;
  private final InstantSource clock;

  Tokens(SecureRandom random, InstantSource clock) {
    this.seal = new Seal(random);
    this.clock = clock;
  }

  /** A token for a user, good for {@link Limits#TOKEN_TIME}. */
  String issue(String user) {
    byte[] name = user.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(NAME_AT + name.length + Seal.BYTES);
    bytes.put(KIND).putLong(clock.instant().plus(Limits.TOKEN_TIME).getEpochSecond()).put(name);
    bytes.put(seal.of(bytes.array(), bytes.position()));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /**
   * The user a token stands for.
   *
   * @throws StatusException UNAUTHENTICATED: it is over, was altered, or another server made it
   */
  String user(String token) {
    byte[] bytes = bytes(token);
    if (bytes.length < NAME_AT + Seal.BYTES || bytes[0] != KIND || !seal.closes(bytes)) {
      throw Access.unauthenticated(
          "TOKEN_INVALID",
          "this token is not one of this server's: it was altered, or the server has restarted");
    }
    Instant end = Instant.ofEpochSecond(ByteBuffer.wrap(bytes).getLong(1));
    if (!clock.instant().isBefore(end)) {
      throw Access.unauthenticated("TOKEN_EXPIRED", "this token was good until " + end);
    }
    return new String(bytes, NAME_AT, bytes.length - Seal.BYTES - NAME_AT, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String token) {
    try {
      return Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException notBase64) {
      return new byte[0];
    }
  }
}
