package dev.hangar.query.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A stream as a channel, written in large pieces; the JDK's own would cut all into small ones. Does
 * not own the stream. One thread at a time.
 */
final class StreamChannel implements WritableByteChannel {
  private static final int PIECE_BYTES = 256 << 10;

  private final OutputStream out;
  private final byte[] piece = new byte[PIECE_BYTES];
  private boolean open = true;

  StreamChannel(OutputStream out) {
    this.out = out;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    while (bytes.hasRemaining()) {
      int count = Math.min(bytes.remaining(), piece.length);
      bytes.get(piece, 0, count);
      out.write(piece, 0, count);
    }
    return length;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }
}
