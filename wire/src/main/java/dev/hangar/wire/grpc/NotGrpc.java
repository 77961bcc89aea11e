package dev.hangar.wire.grpc;

import dev.hangar.wire.Limits;
import dev.hangar.wire.http2.Completion;
import dev.hangar.wire.http2.ConnectionHandler;
import dev.hangar.wire.http2.OutboundData.Piece;
import dev.hangar.wire.http2.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 request that is no gRPC: answered with status 415 and a sentence, so that nobody takes
 * a gRPC error, whose HTTP status is 200, for an answer (gRPC {@code PROTOCOL-HTTP2.md}, Requests).
 *
 * @param bodiless whether the answer may have no body: the request was HEAD
 */
record NotGrpc(
    ConnectionHandler connection,
    Http2Stream stream,
    @Nullable CharSequence contentType,
    boolean bodiless)
    implements StreamListener {
  private static final int CONTENT_TYPE_CHARS = 80;

  @Override
  public void onHeaders(Http2Headers headers, boolean endOfStream) {
    if (endOfStream) {
      answer();
    } else {
      connection
          .context()
          .executor()
          .schedule(this::answer, Limits.HEADER_TIME.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public int onData(ByteBuf data, boolean endOfStream) {
    if (endOfStream) {
      answer();
    }
    return data.readableBytes();
  }

  /**
   * Answers once: a request that ends in an error gets that, and one that does not end, its time.
   */
  private void answer() {
    if (stream.isHeadersSent() || stream.state() == Http2Stream.State.CLOSED) {
      return;
    }
    byte[] text = text().getBytes(StandardCharsets.UTF_8);
    var answer =
        new DefaultHttp2Headers()
            .status("415")
            .set("content-type", "text/plain; charset=utf-8")
            .set("content-length", Integer.toString(text.length));
    connection.sendHeaders(stream, answer, bodiless);
    if (!bodiless) {
      var piece = new Piece(Unpooled.wrappedBuffer(text), new Completion(() -> {}));
      connection.sendData(stream, new ArrayDeque<>(List.of(piece)));
      connection.sendEnd(stream);
    }
    connection.flush();
  }

  private String text() {
    String was = contentType == null ? "none" : contentType.toString();
    return "This is an Arrow Flight server: it speaks gRPC, whose content-type is "
        + Status.CONTENT_TYPE
        + "; here it was "
        + was.substring(0, Math.min(was.length(), CONTENT_TYPE_CHARS))
        + ".\n";
  }

  @Override
  public void onReset(long errorCode) {}

  @Override
  public void onClosed() {}
}
