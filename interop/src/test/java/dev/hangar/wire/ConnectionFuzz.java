package dev.hangar.wire;

import com.google.protobuf.ByteString;
import dev.hangar.wire.grpc.GrpcServer;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.http2.ConnectionHandler;
import dev.hangar.wire.memory.BodyPool;
import dev.hangar.wire.memory.MemoryBudget;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Bytes of a peer, from HTTP/2's frames down to the messages of every method: {@code | piece size |
 * bytes …}, read in pieces of that size, behind the client's preface unless that is 0.
 */
public final class ConnectionFuzz {
  static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0\0\0\0\4\1\0\0\0\0"
          .getBytes(StandardCharsets.ISO_8859_1);
  private static final long BODY_BYTES_MAX = 64 << 20;

  private ConnectionFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    var failures = new ArrayList<Throwable>();
    var pool = new BodyPool(new MemoryBudget(BODY_BYTES_MAX));
    var calls =
        new GrpcServer(
            FlightMethods.of(new Brief(), pool),
            Runnable::run,
            thrown -> {
              failures.add(thrown);
              return new StatusException(StatusCode.INTERNAL, "");
            });
    var connection = ConnectionHandler.server(calls, ConnectionTimes.SERVER);
    var channel = new EmbeddedChannel(connection);
    int piece = input[0] & 0xff;
    if (piece > 0) {
      channel.writeInbound(Unpooled.wrappedBuffer(PREFACE));
    }
    write(channel, input, Math.max(1, piece));
    connection.closeNow(); // calls that are under way would hold a friendlier end up
    channel.finishAndReleaseAll();
    if (pool.liveBytes() != 0) {
      throw new IllegalStateException(pool.liveBytes() + " bytes are left");
    }
    pool.close();
    failures.forEach(failure -> {
      throw new IllegalStateException("a handler failed", failure);
    });
  }

  private static void write(EmbeddedChannel channel, byte[] input, int piece) {
    for (int at = 1; at < input.length && channel.isOpen(); at += piece) {
      channel.writeInbound(Unpooled.wrappedBuffer(input, at, Math.min(piece, input.length - at)));
      channel.releaseOutbound();
    }
  }

  /** Answers without waiting for anything: it runs on the event loop here. */
  private static final class Brief implements FlightService {
    @Override
    public void doGet(CallContext call, Ticket ticket, FlightSink out) {
      out.send(FlightData.metadata(ticket.bytes().asReadOnlyByteBuffer()));
    }

    @Override
    public void doPut(CallContext call, FlightSource in, Acknowledgements out) {}

    @Override
    public void doExchange(CallContext call, FlightSource in, FlightSink out) {}

    @Override
    public void doAction(CallContext call, Action action, Consumer<ByteString> out) {
      out.accept(action.body());
    }

    @Override
    public FlightInfo getFlightInfo(CallContext call, FlightDescriptor descriptor) {
      return new FlightInfo(ByteString.EMPTY, descriptor, List.of(), 1, 1, true, ByteString.EMPTY);
    }
  }
}
