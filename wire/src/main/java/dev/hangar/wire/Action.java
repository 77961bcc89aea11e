package dev.hangar.wire;

import com.google.protobuf.ByteString;

/** A named operation and its argument. Immutable. */
public record Action(String type, ByteString body) {
  /** An action whose argument is text. */
  public static Action of(String type, String body) {
    return new Action(type, ByteString.copyFromUtf8(body));
  }
}
