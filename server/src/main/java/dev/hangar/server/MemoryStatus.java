package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.store.Durability;
import dev.hangar.store.MemoryUse;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableSummary;
import dev.hangar.wire.memory.MemoryBudget;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** What of the memory is used for what, told in JSON. Thread-safe. */
final class MemoryStatus {
  private final TableStore store;
  private final TableStore results;
  private final FileCharges files;
  private final MemoryBudget bodies;
  private final MemoryBudget heap;
  private volatile LongSupplier waitingBytes = () -> 0;

  /**
   * The status of a server that does not run yet.
   *
   * @param results has the answers to statements that are kept
   * @param files counts what who reads and writes files is charged
   * @param bodies counts bodies, wherever they are
   * @param heap counts the metadata of batches
   */
  MemoryStatus(
      TableStore store,
      TableStore results,
      FileCharges files,
      MemoryBudget bodies,
      MemoryBudget heap) {
    this.store = store;
    this.results = results;
    this.files = files;
    this.bodies = bodies;
    this.heap = heap;
  }

  /** Who knows what waits for reuse, now that there is somebody. */
  void waiting(LongSupplier bytes) {
    waitingBytes = bytes;
  }

  /**
   * The answer. Figures are taken one after the other, and transfers go on meanwhile; what bodies
   * are rounded up by, an eighth at most, counts as in flight.
   */
  ByteString told() {
    MemoryUse use = store.memory();
    long resultBytes = results.memory().tableBytes();
    long waiting = waitingBytes.getAsLong();
    long fileBytes = files.bytes();
    long used = bodies.usedBytes();
    var told = new LinkedHashMap<String, Object>();
    told.put("limit", bodies.limitBytes());
    told.put("used", used);
    told.put("tables", use.tableBytes());
    told.put("results", resultBytes);
    told.put("files", fileBytes);
    told.put("in_flight", Math.max(0, used - waiting - use.tableBytes() - resultBytes - fileBytes));
    told.put("waiting", waiting);
    told.put("heap_limit", heap.limitBytes());
    told.put("heap_used", heap.usedBytes());
    told.put("mapped", use.mappedBytes());
    told.put("largest", largest());
    return JsonBody.write(told);
  }

  private List<Map<String, Object>> largest() {
    return store.list().stream()
        .filter(table -> table.durability() == Durability.MEMORY)
        .sorted(Comparator.comparingLong(TableSummary::bytes).reversed())
        .limit(Limits.LARGEST_TABLES)
        .map(table ->
            Map.<String, Object>of("table", table.name().toString(), "bytes", table.bytes()))
        .toList();
  }
}
