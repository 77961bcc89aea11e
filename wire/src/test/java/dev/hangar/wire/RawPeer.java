package dev.hangar.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A client, or a server, that sends exactly the bytes a test says, over a real socket. */
final class RawPeer implements AutoCloseable {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;
  static final int PADDED = 8;

  record Frame(int type, int flags, int streamId, byte[] payload) {}

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;

  RawPeer(int port) throws IOException {
    this(new Socket("127.0.0.1", port));
  }

  RawPeer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(20_000);
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
  }

  /** The port it comes from. */
  int port() {
    return socket.getLocalPort();
  }

  /** Says what every HTTP/2 client says first. */
  RawPeer preface() throws IOException {
    send(PREFACE);
    return frame(SETTINGS, 0, 0, new byte[0]);
  }

  /** Says what every HTTP/2 server says first, and reads what a client does. */
  RawPeer accept() throws IOException {
    in.skipNBytes(PREFACE.length);
    return frame(SETTINGS, 0, 0, new byte[0]);
  }

  /** Takes note of the server's settings, which bind it only then. */
  RawPeer acknowledge() throws IOException {
    await(SETTINGS);
    return frame(SETTINGS, ACK, 0, new byte[0]);
  }

  /** Opens a stream with a gRPC request. */
  RawPeer request(int streamId, String method) throws IOException {
    return request(streamId, method, "1H");
  }

  RawPeer request(int streamId, String method, String timeout) throws IOException {
    return headers(streamId, requestHeaders(method, timeout));
  }

  static Map<String, String> requestHeaders(String method, String timeout) {
    return Map.of(
        "grpc-timeout", timeout,
        ":method", "POST",
        ":scheme", "http",
        ":path", FlightMethods.PATH + method,
        ":authority", "test",
        "content-type", "application/grpc",
        "te", "trailers");
  }

  RawPeer headers(int streamId, Map<String, String> headers) throws IOException {
    return frame(HEADERS, END_HEADERS, streamId, headerBlock(headers));
  }

  static byte[] headerBlock(Map<String, String> headers) {
    var block = new ByteArrayOutputStream();
    headers.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(header -> writeLiteral(block, header.getKey(), header.getValue()));
    return block.toByteArray();
  }

  /** A literal header field without indexing (RFC 7541, 6.2.2). */
  private static void writeLiteral(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    for (String text : new String[] {name, value}) {
      writeLength(block, text.length());
      block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** An integer with a prefix of seven bits (RFC 7541, 5.1). */
  private static void writeLength(ByteArrayOutputStream block, int length) {
    if (length < 127) {
      block.write(length);
      return;
    }
    block.write(127);
    int left = length - 127;
    for (; left >= 128; left >>= 7) {
      block.write(left & 127 | 128);
    }
    block.write(left);
  }

  RawPeer frame(int type, int flags, int streamId, byte[] payload) throws IOException {
    return send(bytes(type, flags, streamId, payload));
  }

  /** A frame as it travels. */
  static byte[] bytes(int type, int flags, int streamId, byte[] payload) {
    var frame = new ByteArrayOutputStream();
    frame.write(payload.length >> 16);
    frame.write(payload.length >> 8);
    frame.write(payload.length);
    frame.write(type);
    frame.write(flags);
    frame.write(streamId >> 24);
    frame.write(streamId >> 16);
    frame.write(streamId >> 8);
    frame.write(streamId);
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  RawPeer send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
    return this;
  }

  /** One byte at a time. */
  RawPeer dribble(byte[] bytes) throws IOException {
    for (byte b : bytes) {
      send(new byte[] {b});
    }
    return this;
  }

  /** The next frame; null where the server has closed the connection. */
  Frame read() throws IOException {
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int streamId = in.readInt();
      return new Frame(type, flags, streamId, in.readNBytes(length));
    } catch (EOFException | SocketException closed) {
      return null;
    }
  }

  /** The next frame of a type; null where the connection closes before one. */
  Frame await(int type) throws IOException {
    Frame frame;
    do {
      frame = read();
    } while (frame != null && frame.type() != type);
    return frame;
  }

  /** Whether the connection ends, after whatever else comes, with an end and not with a reset. */
  boolean endsInOrder() throws IOException {
    try {
      in.transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (SocketException reset) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
