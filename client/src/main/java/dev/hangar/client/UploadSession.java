package dev.hangar.client;

import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.grpc.StatusException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An upload in parts, as a Hangar has it: nobody sees them before it is finished. For one thread.
 */
final class UploadSession {
  /** What a server gets to hear that an upload is over; what it does not hear it finds out. */
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private final JsonActions actions;
  private final HangarOptions options;
  private final Time time;
  private final Operation operation;
  private String id = "";

  UploadSession(JsonActions actions, HangarOptions options, Time time, Operation operation) {
    this.actions = actions;
    this.options = options;
    this.time = time;
    this.operation = operation;
  }

  /** Begins it; again where the answer was lost, and the server forgets the one before. */
  void start(String table, PutOptions how) {
    var body = new LinkedHashMap<String, Object>();
    body.put("table", table);
    how.words().forEach((word, value) -> body.put(word.replace('-', '_'), value));
    id =
        operation
            .read(call -> actions.perform("StartParallelUpload", body, call))
            .path("upload")
            .asText();
  }

  /** Under which a part is put. */
  FlightDescriptor part(int number) {
    return FlightDescriptor.command("{\"upload\":\"" + id + "\",\"part\":" + number + "}");
  }

  /** Makes the parts a table; as often as it takes, since it is once for the server. */
  CommittedTable finish(Attempts attempts) {
    while (true) {
      try {
        return CommittedTable.of(
            actions.perform("FinishParallelUpload", Map.of("upload", id), operation.call()));
      } catch (StatusException e) {
        attempts.failed(e, Attempts.mayRead(e));
      }
    }
  }

  /** Has the server forget the parts, if it can be told; else it does by itself. */
  void abort(Throwable why) {
    boolean wasInterrupted = Thread.interrupted();
    try {
      var farewell = options.deadline(FAREWELL).retry(RetryPolicy.NONE);
      var call = new Operation(farewell, time, () -> 0).call();
      actions.tell("AbortParallelUpload", Map.of("upload", id), call);
    } catch (RuntimeException e) {
      why.addSuppressed(e);
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
