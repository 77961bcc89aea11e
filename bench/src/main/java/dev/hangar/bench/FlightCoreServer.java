package dev.hangar.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.flight.BackpressureStrategy;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A table server on flight-core: what bench's pyarrow_server.py is on Arrow C++. DoPut with a
 * command stores, DoGet with the raw name streams back. Ends when its standard input does.
 */
public final class FlightCoreServer extends NoOpFlightProducer {

  /** A stored table; owns its batches. */
  private record Table(Schema schema, List<ArrowRecordBatch> batches) implements AutoCloseable {
    @Override
    public void close() {
      batches.forEach(ArrowRecordBatch::close);
    }
  }

  private static final long WAIT_FOR_READER_MILLIS = 60_000;

  private final BufferAllocator allocator;
  private final Map<String, Table> tables = new ConcurrentHashMap<>();

  private FlightCoreServer(BufferAllocator allocator) {
    this.allocator = allocator;
  }

  /** Serves on a free port of the loopback and prints {@code ready at URL}. */
  public static void main(String[] args) throws IOException {
    var allocator = new RootAllocator();
    var producer = new FlightCoreServer(allocator);
    var anywhere = Location.forGrpcInsecure("127.0.0.1", 0);
    // The allocator ends with the process: readers may still hold buffers of it.
    var server = FlightServer.builder(allocator, anywhere, producer).build().start();
    System.out.println("ready at grpc://127.0.0.1:" + server.getPort());
    while (System.in.read() >= 0) {
      // Nothing is expected but the end.
    }
    server.shutdown();
  }

  @Override
  public Runnable acceptPut(
      CallContext context, FlightStream stream, StreamListener<PutResult> acknowledgements) {
    return () -> {
      var name = new String(stream.getDescriptor().getCommand(), UTF_8);
      var batches = new ArrayList<ArrowRecordBatch>();
      var unloader = new VectorUnloader(stream.getRoot());
      while (stream.next()) {
        batches.add(unloader.getRecordBatch());
      }
      var replaced = tables.put(name, new Table(stream.getSchema(), batches));
      if (replaced != null) {
        replaced.close();
      }
      acknowledgements.onCompleted();
    };
  }

  @Override
  public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
    var name = new String(ticket.getBytes(), UTF_8);
    var table = tables.get(name);
    if (table == null) {
      listener.error(CallStatus.NOT_FOUND.withDescription("no table " + name).toRuntimeException());
      return;
    }
    // On a thread of its own: flight-core tells of readiness only when this method has returned.
    Thread.startVirtualThread(() -> send(name, table, listener));
  }

  private void send(String name, Table table, ServerStreamListener listener) {
    var readiness = new BackpressureStrategy.CallbackBackpressureStrategy();
    readiness.register(listener);
    try (var root = VectorSchemaRoot.create(table.schema(), allocator)) {
      var loader = new VectorLoader(root);
      listener.start(root);
      for (var batch : table.batches()) {
        if (readiness.waitForListener(WAIT_FOR_READER_MILLIS)
            != BackpressureStrategy.WaitResult.READY) {
          listener.error(
              CallStatus.TIMED_OUT.withDescription(name + ": reader gone").toRuntimeException());
          return;
        }
        loader.load(batch);
        listener.putNext();
      }
      listener.completed();
    }
  }
}
