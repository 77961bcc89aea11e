package dev.hangar.wire;

import dev.hangar.wire.grpc.OutboundMessage;
import dev.hangar.wire.memory.BodyPool;
import dev.hangar.wire.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Writing and reading one FlightData message, without a socket. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MessageBenchmark {
  private static final int METADATA_BYTES = 300;
  private static final int PREFIX_BYTES = 5;

  /** A body copied by the processor's caches, and one that is not. */
  @Param({"4096", "2097152"})
  public int bodyBytes;

  /** What a socket gives at once. */
  @Param({"65536"})
  public int pieceBytes;

  private BodyPool pool;
  private FlightDataDecoder decoder;
  private ByteBuffer metadata;
  private ByteBuffer body;
  private ByteBuf message;

  /** Makes a message as it would arrive. */
  @Setup
  public void make() {
    pool = new BodyPool(MemoryBudget.unlimited());
    decoder = new FlightDataDecoder(pool);
    metadata = ByteBuffer.allocate(METADATA_BYTES);
    body = ByteBuffer.allocateDirect(bodyBytes);
    OutboundMessage encoded = encode();
    message = Unpooled.directBuffer(encoded.lengthBytes());
    message.writeBytes(encoded.head()).writeBytes(body.duplicate());
    message.skipBytes(PREFIX_BYTES);
  }

  /** Frees it. */
  @TearDown
  public void free() {
    message.release();
    pool.close();
  }

  /** A head made, the body left where it is. */
  @Benchmark
  public OutboundMessage encode() {
    return FlightDataEncoder.encode(
        FlightData.batch(metadata, null, List.of(body.duplicate()), () -> {}));
  }

  /** Fields found, the body copied once. */
  @Benchmark
  public int decode() {
    ByteBuf arriving = message.duplicate();
    decoder.begin(arriving.readableBytes());
    while (arriving.isReadable()) {
      decoder.read(arriving.readSlice(Math.min(pieceBytes, arriving.readableBytes())));
    }
    try (FlightData data = decoder.end()) {
      return data.header().remaining();
    }
  }
}
