package dev.hangar.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightSource;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link Query}, batch by batch. Closing it early stops the statement. For one
 * thread.
 */
public final class QueryReader extends TableReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Runnable stop;
  private @Nullable Duration age;
  private boolean isTold;
  private boolean isEnded;

  /**
   * Takes over {@code source}.
   *
   * @param told what the server said of the answer before it came
   * @param stop run when the reader is closed before its end
   */
  QueryReader(
      FlightSource source,
      BufferAllocator allocator,
      Progress progress,
      byte[] told,
      Runnable stop) {
    super(source, allocator, progress);
    this.stop = stop;
    this.age = age(told);
  }

  /**
   * How long the server has kept the answer; empty where the statement was run for it. Certain when
   * the first batch has come.
   */
  public Optional<Duration> age() {
    return Optional.ofNullable(age);
  }

  /** Rows so far. */
  public long rowsRead() {
    return rows();
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    boolean isLoaded = super.loadNextBatch();
    isEnded = !isLoaded;
    return isLoaded;
  }

  /** The server tells it with the first batch. */
  @Override
  void received(FlightData data) {
    var metadata = data.appMetadata();
    if (!isTold && metadata != null) {
      isTold = true;
      var bytes = new byte[metadata.remaining()];
      metadata.duplicate().get(bytes);
      age = age(bytes);
    }
  }

  @Override
  protected void closeReadSource() {
    super.closeReadSource();
    if (!isEnded) {
      isEnded = true;
      stop.run();
    }
  }

  /** What other servers say there is theirs, and tells nothing. */
  private static @Nullable Duration age(byte[] told) {
    if (told.length == 0) {
      return null;
    }
    try {
      JsonNode json = JSON.readTree(told);
      return json.path("cache").asText().equals("hit")
          ? Duration.ofMillis(json.path("age_ms").asLong())
          : null;
    } catch (IOException e) {
      return null;
    }
  }
}
