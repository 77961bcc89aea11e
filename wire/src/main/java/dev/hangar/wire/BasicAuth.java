package dev.hangar.wire;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A name and a password: what Flight's older clients send in a handshake. Immutable. */
public record BasicAuth(String username, String password) {
  /** This as the payload of a handshake. */
  public ByteString encode() {
    return dev.hangar.wire.proto.BasicAuth.newBuilder()
        .setUsername(username)
        .setPassword(password)
        .build()
        .toByteString();
  }

  /**
   * What a handshake's payload says.
   *
   * @throws IllegalArgumentException the bytes are none
   */
  public static BasicAuth decode(ByteString payload) {
    var proto =
        Protos.decode("a name and a password", dev.hangar.wire.proto.BasicAuth.parser(), payload);
    return new BasicAuth(proto.getUsername(), proto.getPassword());
  }

  /** This as the value of an {@code authorization} header (RFC 7617). */
  public String authorization() {
    byte[] both = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  /** Without the password, which must not get into a log. */
  @Override
  public String toString() {
    return "BasicAuth[username=" + username + "]";
  }
}
