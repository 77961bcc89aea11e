package dev.hangar.client;

import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/** How one client puts tables: as their batches come, or in parts. Thread-safe. */
final class Puts {
  private final Connections connections;
  private final JsonActions actions;
  private final HangarOptions options;
  private final Time time;
  private final BufferAllocator allocator;
  private final long partBytes;

  /**
   * @param partBytes at which parts end; {@link Limits#PART_BYTES} but in tests
   */
  Puts(
      Connections connections,
      JsonActions actions,
      HangarOptions options,
      Time time,
      BufferAllocator allocator,
      long partBytes) {
    this.connections = connections;
    this.actions = actions;
    this.options = options;
    this.time = time;
    this.allocator = allocator;
    this.partBytes = partBytes;
  }

  /** Puts batches as they are loaded. */
  TransferSummary put(
      Operation operation,
      Put.Source source,
      boolean isKept,
      Put.Sent sent,
      String name,
      VectorSchemaRoot root,
      DictionaryProvider dictionaries,
      PutOptions how)
      throws IOException {
    var headers = how.headers();
    var put = new Put(source, isKept, () -> isHangar(operation), sent);
    return put.run(
        operation, () -> upload(operation.call().headers(headers), name, root, dictionaries));
  }

  /**
   * Puts what can be read again in parts. Empty, and nothing is put, where that can't be: the put
   * has a key of its own, the server is no Hangar, or the name means a file there.
   */
  Optional<TransferSummary> putParts(
      Operation operation, RowSource source, String name, PutOptions how, Progress progress)
      throws IOException {
    boolean isOfFile = how.kind() == PutOptions.Kind.FILE;
    if (how.idempotencyKey() != null || isOfFile || !isHangar(operation)) {
      return Optional.empty();
    }
    var session = new UploadSession(actions, options, time, operation);
    int lanes = Math.max(Limits.PARTS_UNDER_WAY, connections.count());
    var means = new PartedPut.Means(connections, allocator, operation, session, partBytes, lanes);
    try {
      return Optional.of(new PartedPut(means, name, how, progress).run(source));
    } catch (StatusException e) {
      if (isOfFile(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Whether an upload was refused before it began, since files have no parts. */
  private static boolean isOfFile(StatusException failure) {
    return failure.detail().filter(detail -> detail.code().equals("NOT_A_TABLE")).isPresent();
  }

  /**
   * Whether the server has uploads in parts, and knows a put that is repeated by its key; asks,
   * where that is not known.
   */
  boolean isHangar(Operation operation) {
    try {
      if (!connections.sign().isHangar()) {
        operation.read(connections.home()::listActions);
      }
    } catch (StatusException e) {
      return false; // what is told of the put says enough
    }
    return connections.sign().isHangar();
  }

  private Upload upload(
      CallOptions call, String name, VectorSchemaRoot root, DictionaryProvider dictionaries) {
    var put = connections.home().doPut(call);
    var upload = new Upload(put, root, dictionaries, allocator, Limits.BODY_BYTES);
    try {
      upload.begin(FlightDescriptor.path(name.split("/", -1)));
      return upload;
    } catch (RuntimeException e) {
      upload.close();
      throw e;
    }
  }
}
