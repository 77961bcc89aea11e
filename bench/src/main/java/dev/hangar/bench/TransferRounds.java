package dev.hangar.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Rounds of put and get, Hangar and flight-core in turn: one for each line of standard input. A
 * round prints four lines {@code SIDE OPERATION GIGABYTES_PER_SECOND}.
 */
public final class TransferRounds {

  private static final int ROWS = 65_536;
  private static final int COLUMNS = 4;
  private static final long SEED = 7;
  private static final long BATCH_BYTES = (long) ROWS * COLUMNS * Float8Vector.TYPE_WIDTH;
  private static final String NAME = "rounds";

  private TransferRounds() {}

  /** Arguments: Hangar's URL, the flight-core server's URL, the table's size in MiB. */
  public static void main(String[] args) throws IOException {
    var times = Math.toIntExact(Math.max(1, (Long.parseLong(args[2]) << 20) / BATCH_BYTES));
    try (var allocator = new RootAllocator();
        var batch = numbers(allocator);
        var hangar = new HangarTransfer(allocator, args[0]);
        var flightCore = new FlightCoreTransfer(allocator, URI.create(args[1]));
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      while (lines.readLine() != null) {
        round("hangar", hangar, batch, times);
        round("flight-core", flightCore, batch, times);
      }
    }
  }

  private static void round(String side, TransferClient client, VectorSchemaRoot batch, int times)
      throws IOException {
    var start = System.nanoTime();
    client.put(NAME, batch, times);
    print(side, "put", times, System.nanoTime() - start);
    start = System.nanoTime();
    var rows = client.get(NAME);
    print(side, "get", times, System.nanoTime() - start);
    if (rows != (long) times * ROWS) {
      throw new IllegalStateException(
          side + ": " + rows + " rows came back, " + (long) times * ROWS + " were put");
    }
  }

  private static void print(String side, String operation, int times, long nanos) {
    System.out.printf("%s %s %.3f%n", side, operation, (double) times * BATCH_BYTES / nanos);
  }

  /** One batch of random doubles, 2 MiB of them. */
  private static VectorSchemaRoot numbers(BufferAllocator allocator) {
    var random = new Random(SEED);
    var columns = new Float8Vector[COLUMNS];
    for (var c = 0; c < COLUMNS; c++) {
      columns[c] = new Float8Vector("c" + c, allocator);
      columns[c].allocateNew(ROWS);
      for (var row = 0; row < ROWS; row++) {
        columns[c].set(row, random.nextDouble());
      }
      columns[c].setValueCount(ROWS);
    }
    return new VectorSchemaRoot(List.of(columns));
  }
}
