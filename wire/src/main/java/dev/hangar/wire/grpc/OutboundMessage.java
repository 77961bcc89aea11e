package dev.hangar.wire.grpc;

import dev.hangar.wire.http2.Completion;
import dev.hangar.wire.http2.OutboundData.Piece;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;

/**
 * A message to send: a short head of ours, and a body of others, by reference.
 *
 * @param head the five bytes of gRPC's prefix and what stands before the body; on the heap
 * @param body the rest; must not change until {@code done} has run
 * @param lengthBytes bytes of head and body together; no more than an int holds
 * @param done runs once, on an event loop, when the bytes have been handed to the socket or never
 *     will be; must not block
 */
public record OutboundMessage(ByteBuf head, List<ByteBuffer> body, int lengthBytes, Runnable done) {
  /** A small message: {@code bytes} behind gRPC's prefix. */
  public static OutboundMessage of(byte[] bytes) {
    ByteBuf head = Unpooled.buffer(Deframer.PREFIX_BYTES + bytes.length);
    head.writeByte(0).writeInt(bytes.length).writeBytes(bytes);
    return new OutboundMessage(head, List.of(), head.readableBytes(), () -> {});
  }

  /** Adds this message's pieces; when none is read any more, runs {@code done} and {@code sent}. */
  void addTo(Queue<Piece> pieces, Runnable sent) {
    var completion =
        new Completion(() -> {
          done.run();
          sent.run();
        });
    pieces.add(new Piece(head, completion));
    for (ByteBuffer bytes : body) {
      pieces.add(new Piece(Unpooled.wrappedBuffer(bytes), completion.open()));
    }
  }
}
