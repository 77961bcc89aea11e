package dev.hangar.bench;

import dev.hangar.client.BatchMemory;
import dev.hangar.client.Hangar;
import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Transfers by Hangar's client. Does not own the allocator. */
final class HangarTransfer implements TransferClient {

  private final BufferAllocator allocator;
  private final Hangar hangar;

  HangarTransfer(BufferAllocator allocator, String url) {
    this.allocator = allocator;
    hangar = Hangar.connect(url, allocator);
  }

  @Override
  public void put(String name, VectorSchemaRoot batch, int times) throws IOException {
    try (var reader = new RepeatedBatch(allocator, batch, times)) {
      hangar.put(name, reader, (rows, bytes) -> {}, BatchMemory.FRESH);
    }
  }

  @Override
  public long get(String name) throws IOException {
    var rows = 0L;
    try (var reader = hangar.get(name)) {
      while (reader.loadNextBatch()) {
        rows += reader.getVectorSchemaRoot().getRowCount();
      }
    }
    return rows;
  }

  @Override
  public void close() {
    hangar.close();
  }
}
