package dev.hangar.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightSource;
import dev.hangar.wire.IpcMessages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;

/**
 * Streams of Arrow's IPC format taken apart into messages, as Flight sends them, and put together
 * again: what our wire carries without knowing any Arrow.
 */
final class IpcStreams {
  private static final int CONTINUATION_BYTES = 4;
  private static final int LENGTH_BYTES = 4;

  private IpcStreams() {}

  /** A message, and its application metadata, empty for none. */
  record Part(ByteBuffer header, ByteBuffer body, String metadata) {
    boolean isSchema() {
      return type() == MessageHeader.Schema;
    }

    boolean isBatch() {
      return type() == MessageHeader.RecordBatch;
    }

    Part with(String metadata) {
      return new Part(header, body, metadata);
    }

    /** This as Flight sends it, a schema with {@code descriptor}. */
    FlightData data(FlightDescriptor descriptor) {
      return isSchema()
          ? FlightData.schema(descriptor, header.duplicate())
          : FlightData.batch(
              header.duplicate(),
              metadata.isEmpty() ? null : ByteBuffer.wrap(metadata.getBytes(UTF_8)),
              List.of(body.duplicate()),
              () -> {});
    }

    private byte type() {
      return message(header).headerType();
    }
  }

  /** The messages of a stream; record batches get their numbers as metadata. */
  static List<Part> numbered(byte[] stream) {
    var parts = new ArrayList<Part>();
    var batches = 0;
    for (var part : split(stream)) {
      parts.add(part.isBatch() ? part.with(Integer.toString(batches++)) : part);
    }
    return parts;
  }

  /** The messages of a stream. */
  static List<Part> split(byte[] stream) {
    var rest = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
    var parts = new ArrayList<Part>();
    while (rest.hasRemaining()) {
      var length = rest.getInt(rest.position() + CONTINUATION_BYTES);
      rest.position(rest.position() + CONTINUATION_BYTES + LENGTH_BYTES);
      if (length == 0) {
        break;
      }
      var header = take(rest, length);
      parts.add(new Part(header, take(rest, message(header).bodyLength()), ""));
    }
    return parts;
  }

  /** All that a source brings; closes it. */
  static List<Part> read(FlightSource source) {
    var parts = new ArrayList<Part>();
    try (source) {
      for (var data = source.next(); data != null; data = source.next()) {
        parts.add(part(data));
      }
    }
    return parts;
  }

  /** A copy of a message; closes {@code data}. */
  static Part part(FlightData data) {
    try (data) {
      var body = ByteBuffer.allocate(Math.toIntExact(data.bodyBytes()));
      data.body().forEach(piece -> body.put(piece.duplicate()));
      var metadata = data.appMetadata() == null ? "" : text(data);
      return new Part(copy(data.header()), body.flip(), metadata);
    }
  }

  /** A stream of the messages. */
  static byte[] join(List<Part> parts) {
    var stream = new ByteArrayOutputStream();
    try {
      for (var part : parts) {
        stream.write(IpcMessages.encapsulate(part.header()).toByteArray());
        stream.write(bytes(part.body()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return stream.toByteArray();
  }

  private static ByteBuffer take(ByteBuffer rest, long length) {
    var taken = rest.slice(rest.position(), Math.toIntExact(length));
    rest.position(rest.position() + Math.toIntExact(length));
    return taken;
  }

  private static Message message(ByteBuffer header) {
    return Message.getRootAsMessage(header.slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  private static String text(FlightData data) {
    return new String(bytes(data.appMetadata()), UTF_8);
  }

  private static ByteBuffer copy(ByteBuffer buffer) {
    return ByteBuffer.wrap(bytes(buffer));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    var bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
