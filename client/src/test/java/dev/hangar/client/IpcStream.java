package dev.hangar.client;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Message;

/**
 * An IPC stream taken apart into the messages Flight would carry (Arrow Columnar.rst, Streaming).
 */
final class IpcStream {
  private IpcStream() {}

  static List<Shelf.Message> messages(byte[] stream) {
    var messages = new ArrayList<Shelf.Message>();
    var rest = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
    while (rest.remaining() >= 8 && rest.getInt() == -1) {
      int headerBytes = rest.getInt();
      if (headerBytes == 0) {
        break;
      }
      var header = rest.slice(rest.position(), headerBytes);
      rest.position(rest.position() + headerBytes);
      int bodyBytes = (int) Message.getRootAsMessage(header.duplicate()).bodyLength();
      var body = ByteBuffer.allocateDirect(bodyBytes).put(rest.slice(rest.position(), bodyBytes));
      rest.position(rest.position() + bodyBytes);
      messages.add(new Shelf.Message(header, null, body.flip()));
    }
    return messages;
  }
}
