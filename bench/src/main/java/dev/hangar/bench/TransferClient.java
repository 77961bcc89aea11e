package dev.hangar.bench;

import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;

/** A client that moves one batch many times, and says how many rows came back. */
interface TransferClient extends AutoCloseable {

  /** Puts {@code batch}, {@code times} times over, as the table {@code name}. */
  void put(String name, VectorSchemaRoot batch, int times) throws IOException;

  /** Gets the table {@code name} to its end; returns its rows. */
  long get(String name) throws IOException;

  @Override
  void close();
}
