package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.store.Change;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import dev.hangar.store.WriteOptions;
import dev.hangar.wire.CallContext;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.Location;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Actions around uploads, in parts or whole, in JSON. Thread-safe. */
final class UploadActions {
  /** Descriptors begin with a small number (their first field's tag); no name or JSON does. */
  private static final int TEXT_BEGINS = ' ';

  private final TableStore store;
  private final Dialect dialect;
  private final DatasetFlights files;

  UploadActions(TableStore store, Dialect dialect, DatasetFlights files) {
    this.store = store;
    this.dialect = dialect;
    this.files = files;
  }

  ByteString start(ByteString bytes, CallLog.Entry entry) {
    JsonBody body =
        JsonBody.of(
            "StartParallelUpload",
            bytes,
            "table",
            "mode",
            "durability",
            "if_version",
            "ttl",
            "keep_versions");
    TableName table = body.table("table");
    entry.table(table);
    files.requireTable(table, "an upload in parts");
    WriteOptions options = options(body);
    byte[] origin = Dialect.path(table).encode().toByteArray();
    return JsonBody.write(Map.of("upload", store.startUpload(table, origin, options)));
  }

  ByteString finish(ByteString bytes, CallLog.Entry entry) {
    String upload = upload("FinishParallelUpload", bytes, entry);
    var written = store.commit(List.of(new Change.Finish(upload))).getLast();
    entry.size(written.rows(), written.bytes());
    return JsonBody.write(TableActions.written(written));
  }

  void abort(ByteString bytes, CallLog.Entry entry) {
    store.abortUpload(upload("AbortParallelUpload", bytes, entry));
  }

  /** Where the descriptor that {@code body} is, or the table it names, can be put. */
  ByteString location(ByteString body, CallContext call, CallLog.Entry entry) {
    Target target =
        body.isEmpty() || body.byteAt(0) >= TEXT_BEGINS || body.byteAt(0) < 0
            ? dialect.write(new FlightDescriptor.Command(body))
            : dialect.write(FlightDescriptor.decode(body));
    switch (target) {
      case Target.Table table -> entry.table(table.name());
      case Target.Part part -> entry.table(store.uploadTable(part.upload()));
    }
    List<Location> here = call.locations();
    List<Location> told = here.isEmpty() ? List.of(Location.REUSE_CONNECTION) : here;
    return JsonBody.write(told.stream().map(Location::uri).toList());
  }

  private String upload(String action, ByteString bytes, CallLog.Entry entry) {
    String upload = JsonBody.of(action, bytes, "upload").text("upload");
    entry.table(store.uploadTable(upload));
    entry.subject(action + " " + store.uploadTable(upload));
    return upload;
  }

  private static WriteOptions options(JsonBody body) {
    WriteOptions options = WriteOptions.DEFAULT;
    for (String word : WriteWords.ALL) {
      String key = word.replace('-', '_');
      @Nullable String value = body.scalar(key);
      if (value != null) {
        options = WriteWords.apply(options, word, value, body.what() + ", key " + key);
      }
    }
    return options;
  }
}
