package dev.hangar.client;

import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.PutCall;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.message.ArrowMessage;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;

/**
 * A DoPut under way: the schema, then messages.
 *
 * <p>Nothing is copied but small buffers: the wire reads the messages' own memory, which is held
 * until it has. For one thread.
 */
final class PutStream implements AutoCloseable {
  private final PutCall call;
  private final BufferAllocator allocator;
  private final InFlight inFlight = new InFlight();
  private long bytes;

  /** Takes over {@code call}; {@code allocator} is for small buffers, and stays the caller's. */
  PutStream(PutCall call, BufferAllocator allocator) {
    this.call = call;
    this.allocator = allocator;
  }

  /** Bytes of bodies so far. */
  long bytes() {
    return bytes;
  }

  /** Sends what comes before the batches. */
  void begin(FlightDescriptor descriptor, ByteBuffer schema) {
    call.ignoreResults(); // acknowledgements of single batches; only the end counts
    call.send(FlightData.schema(descriptor, schema));
  }

  /** Sends a message; runs {@code release} when nothing of it waits any more, also if it throws. */
  void send(ArrowMessage message, ArrowRecordBatch batch, Runnable release) {
    BodyPieces body;
    try {
      body = new BodyPieces(batch.getBuffers(), allocator);
    } catch (RuntimeException e) {
      release.run();
      throw e;
    }
    var header = MessageSerializer.serializeMetadata(message, IpcOption.DEFAULT);
    inFlight.begin();
    var data = FlightData.batch(header, null, body.pieces(), () -> release(body, release));
    bytes += data.bodyBytes();
    call.send(data);
  }

  /** Waits until nothing of what was sent waits any more. */
  void awaitSent() {
    inFlight.awaitNone();
  }

  /** Says that this was all, and waits for the server to say that it has it. */
  void end() {
    call.completed();
    while (call.result() != null) {
      // an acknowledgement of one batch
    }
  }

  /** The version it became, once it has ended; 0 where the server does not say. */
  long version() {
    return ServerSign.version(call.trailers());
  }

  /** Cancels what has not ended; when it returns, no buffer is held any more. */
  @Override
  public void close() {
    call.close();
    inFlight.awaitNone();
  }

  private void release(BodyPieces body, Runnable release) {
    body.close();
    release.run();
    inFlight.end();
  }
}
