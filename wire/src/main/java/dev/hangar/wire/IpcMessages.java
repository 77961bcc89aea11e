package dev.hangar.wire;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The two forms of an IPC message (Arrow {@code Columnar.rst}, Encapsulated message format): bare,
 * as in {@code FlightData.data_header}, and encapsulated, as in {@code FlightInfo.schema}.
 *
 * <pre>
 *  0             4                 8                   8 + length
 *  | FF FF FF FF | length, little- | bare message, padded to 8 |
 *                  endian
 * </pre>
 */
public final class IpcMessages {
  private static final int CONTINUATION = -1;
  private static final int PREFIX_BYTES = 8;
  private static final int ALIGNMENT_BYTES = 8;

  private IpcMessages() {}

  /** The encapsulated form of a bare message. */
  public static ByteString encapsulate(ByteBuffer bare) {
    int padded = (bare.remaining() + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    ByteBuffer whole = ByteBuffer.allocate(PREFIX_BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    whole.putInt(CONTINUATION).putInt(padded).put(bare.duplicate()).rewind();
    return ByteString.copyFrom(whole);
  }

  /**
   * The bare message of an encapsulated one, with or without its continuation (older writers have
   * none).
   *
   * @throws IllegalArgumentException the lengths do not add up
   */
  public static ByteBuffer bare(ByteString encapsulated) {
    ByteBuffer whole = encapsulated.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    int at = whole.remaining() >= PREFIX_BYTES && whole.getInt(0) == CONTINUATION ? 4 : 0;
    int length = whole.remaining() >= at + 4 ? whole.getInt(at) : -1;
    if (length < 0 || length > whole.remaining() - at - 4) {
      throw new IllegalArgumentException(
          "an IPC message of " + length + " bytes can't stand in " + whole.remaining() + " bytes");
    }
    return whole.slice(at + 4, length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
