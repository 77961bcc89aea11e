package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.hangar.client.Hangar;
import dev.hangar.client.PutOptions;
import dev.hangar.client.TransferSummary;
import dev.hangar.query.dataset.Mount;
import dev.hangar.wire.Action;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightClient;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightSource;
import dev.hangar.wire.Location;
import dev.hangar.wire.PutCall;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A server with both of our clients, and tables of one column of numbers. */
final class Asked implements AutoCloseable {
  final List<String> console = Collections.synchronizedList(new ArrayList<>());
  final BufferAllocator allocator = new RootAllocator();
  final HangarServer server;
  final Hangar hangar;
  final FlightClient raw;

  Asked(ServerConfig config) throws IOException {
    server = HangarServer.start(config.withPort(0), console::add);
    hangar = Hangar.connect(server.url());
    raw = FlightClient.of(Location.grpc("127.0.0.1", server.port()));
  }

  /** Of a server that has this folder mounted, and so much memory. */
  static Asked serving(Path folder, long memoryBytes) throws IOException {
    return new Asked(
        ServerConfig.defaults()
            .withMemoryBytes(memoryBytes)
            .withDatasets(List.of(Mount.parse(folder.toString()))));
  }

  /** Waits for a line with this in it: lines are written a moment after what they tell. */
  static void awaitLine(List<String> console, String part) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (console.stream().noneMatch(line -> line.contains(part))) {
      assertThat(System.nanoTime()).as("a line with " + part + " in " + console).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  /** Nothing may be left behind. */
  @Override
  public void close() {
    hangar.close();
    raw.close();
    server.close();
    assertThat(server.bodyBytes()).as("bodies the server still holds").isZero();
    allocator.close();
  }

  TransferSummary put(String name, PutOptions how, long... numbers) {
    try (VectorSchemaRoot root = table(numbers)) {
      return hangar.put(name, root, how);
    }
  }

  long version(String name, PutOptions how, long... numbers) {
    return put(name, how, numbers).version().orElseThrow();
  }

  /** A batch for each number, in one put with these headers; what the server said at the end. */
  Metadata put(FlightDescriptor descriptor, Metadata headers, long... numbers) {
    try (PutCall put = raw.doPut(CallOptions.NONE.headers(headers))) {
      put.send(FlightData.schema(descriptor, schema()));
      for (long number : numbers) {
        put.send(batch(number));
      }
      put.completed();
      while (put.result() != null) {}
      return put.trailers();
    }
  }

  List<Long> numbers(String name) throws IOException {
    var numbers = new ArrayList<Long>();
    try (ArrowReader reader = hangar.get(name)) {
      while (reader.loadNextBatch()) {
        var column = (BigIntVector) reader.getVectorSchemaRoot().getVector(0);
        for (int row = 0; row < column.getValueCount(); row++) {
          numbers.add(column.get(row));
        }
      }
    }
    return numbers;
  }

  /** The first number of each batch that a ticket gives. */
  List<Long> numbers(Ticket ticket, CallOptions options) {
    var numbers = new ArrayList<Long>();
    try (FlightSource source = raw.doGet(ticket, options)) {
      for (FlightData data; (data = source.next()) != null; ) {
        try (FlightData message = data) {
          if (message.bodyBytes() > 0) {
            ByteBuffer body = message.body().get(0);
            numbers.add(
                body.order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong(body.position() + Long.BYTES));
          }
        }
      }
    }
    return numbers;
  }

  /** The one result of an action. */
  String perform(String action, String body) {
    List<ByteString> results = raw.doAction(Action.of(action, body), CallOptions.NONE);
    assertThat(results).hasSize(1);
    return results.get(0).toStringUtf8();
  }

  static StatusException failureOf(StatusCode code, ThrowingCallable call) {
    StatusException failure = catchThrowableOfType(StatusException.class, call);
    assertThat(failure).isNotNull();
    assertThat(failure.code()).as(failure.description()).isEqualTo(code);
    return failure;
  }

  private VectorSchemaRoot table(long... numbers) {
    var column = new BigIntVector("n", allocator);
    column.allocateNew(numbers.length);
    for (int row = 0; row < numbers.length; row++) {
      column.set(row, numbers[row]);
    }
    column.setValueCount(numbers.length);
    return VectorSchemaRoot.of(column);
  }

  ByteBuffer schema() {
    try (VectorSchemaRoot root = table()) {
      return MessageSerializer.serializeMetadata(root.getSchema(), IpcOption.DEFAULT);
    }
  }

  FlightData batch(long number) {
    try (VectorSchemaRoot root = table(number);
        ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
      var body = ByteBuffer.allocateDirect((int) batch.computeBodyLength());
      body.order(java.nio.ByteOrder.LITTLE_ENDIAN).put(0, (byte) 1).putLong(Long.BYTES, number);
      return FlightData.batch(
          MessageSerializer.serializeMetadata(batch, IpcOption.DEFAULT),
          null,
          List.of(body),
          () -> {});
    }
  }
}
