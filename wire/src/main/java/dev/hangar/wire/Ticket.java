package dev.hangar.wire;

import com.google.protobuf.ByteString;

/** What DoGet redeems; its bytes are for the service that made it. Immutable. */
public record Ticket(ByteString bytes) {
  /** A ticket that is a name. */
  public static Ticket of(String text) {
    return new Ticket(ByteString.copyFromUtf8(text));
  }
}
