package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import dev.hangar.wire.Action;
import dev.hangar.wire.ActionType;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The actions of the clients that people have. Thread-safe. */
final class Actions {
  /** What there is, in the order it is listed. */
  private enum Known {
    DROP_TABLE("drop_table", "Removes the table that the body names."),
    DROP_DATASET("drop_dataset", "Removes the table or file that the body names."),
    CLEAR("clear", "Removes every table."),
    HEALTHCHECK("healthcheck", "Answers ok."),
    SHUTDOWN("shutdown", "Ends the server, when the calls in flight have ended.");

    private final String type;
    private final String description;

    Known(String type, String description) {
      this.type = type;
      this.description = description;
    }
  }

  private final TableStore store;
  private final Runnable shutdown;

  /** Actions on {@code store}; {@code shutdown} must return before the server has ended. */
  Actions(TableStore store, Runnable shutdown) {
    this.store = store;
    this.shutdown = shutdown;
  }

  List<ActionType> types() {
    return Arrays.stream(Known.values())
        .map(known -> new ActionType(known.type, known.description))
        .toList();
  }

  void perform(Action action, Dialect dialect, CallLog.Entry entry, Consumer<ByteString> out) {
    switch (known(action.type())) {
      case DROP_TABLE, DROP_DATASET -> {
        TableName name = dialect.named(action.body());
        entry.table(action.type() + " " + name);
        drop(name);
      }
      case CLEAR -> store.clear();
      case HEALTHCHECK -> out.accept(ByteString.copyFromUtf8("ok"));
      case SHUTDOWN -> {
        out.accept(ByteString.copyFromUtf8("shutting down"));
        shutdown.run();
      }
    }
  }

  /**
   * Where there is none to drop, opening it says which names are near; one that came meanwhile is
   * dropped.
   */
  private void drop(TableName name) {
    while (!store.drop(name)) {
      store.open(name).close();
    }
  }

  private static Known known(String type) {
    return Arrays.stream(Known.values())
        .filter(known -> known.type.equals(type))
        .findFirst()
        .orElseThrow(() ->
            new StatusException(
                StatusCode.UNIMPLEMENTED,
                "no action '"
                    + type
                    + "'; there are "
                    + Arrays.stream(Known.values())
                        .map(known -> known.type)
                        .collect(Collectors.joining(", "))));
  }
}
