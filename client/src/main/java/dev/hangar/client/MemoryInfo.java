package dev.hangar.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server's memory is used for, in bytes. Immutable.
 *
 * @param limit what tables in memory and transfers may take together
 * @param used what they take
 * @param tables what tables in memory take of that
 * @param results what kept answers to statements take of it
 * @param files what who reads and writes files of mounted folders may take of it
 * @param inFlight what transfers, and statements that run, take of it
 * @param waiting what is kept of it for transfers to come
 * @param heapLimit what the metadata of batches may take of the Java heap
 * @param heapUsed what it takes
 * @param mapped files mapped for readers, which no limit counts
 * @param largest the largest tables in memory, the largest first
 * @param json all this as the server has told it
 */
public record MemoryInfo(
    long limit,
    long used,
    long tables,
    long results,
    long files,
    long inFlight,
    long waiting,
    long heapLimit,
    long heapUsed,
    long mapped,
    List<TableMemory> largest,
    String json) {
  /** A table in memory, and what it takes. */
  public record TableMemory(String table, long bytes) {}

  public MemoryInfo {
    largest = List.copyOf(largest);
  }

  static MemoryInfo of(JsonNode told) {
    var largest = new ArrayList<TableMemory>();
    for (var table : told.path("largest")) {
      largest.add(new TableMemory(table.path("table").asText(), table.path("bytes").asLong()));
    }
    return new MemoryInfo(
        told.path("limit").asLong(),
        told.path("used").asLong(),
        told.path("tables").asLong(),
        told.path("results").asLong(),
        told.path("files").asLong(),
        told.path("in_flight").asLong(),
        told.path("waiting").asLong(),
        told.path("heap_limit").asLong(),
        told.path("heap_used").asLong(),
        told.path("mapped").asLong(),
        largest,
        told.toString());
  }
}
