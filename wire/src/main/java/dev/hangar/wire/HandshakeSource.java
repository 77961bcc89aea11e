package dev.hangar.wire;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/** The payloads of a handshake that come in. */
public interface HandshakeSource {
  /** The next payload; null behind the last, which may come first. Blocks. */
  @Nullable ByteString next();
}
