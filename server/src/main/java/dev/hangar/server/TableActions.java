package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.store.Change;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableSummary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Actions on tables that are there, in JSON. Thread-safe. */
final class TableActions {
  private static final String IF_VERSION = "if_version";
  private static final String[] CHANGE_KEYS = {
    "drop", "drop_prefix", "rename", "finish", IF_VERSION
  };

  private final TableStore store;

  TableActions(TableStore store) {
    this.store = store;
  }

  ByteString rename(ByteString bytes, CallLog.Entry entry) {
    Change.Rename rename = rename(JsonBody.of("rename", bytes, "from", "to", IF_VERSION));
    entry.table(rename.from());
    entry.subject("rename " + rename.from() + " to " + rename.to());
    return JsonBody.write(written(store.commit(List.of(rename)).getLast()));
  }

  ByteString dropPrefix(ByteString bytes, CallLog.Entry entry) {
    TableName prefix = JsonBody.of("drop_prefix", bytes, "prefix").table("prefix");
    entry.subject("drop_prefix " + prefix);
    List<TableSummary> gone = store.commit(List.of(new Change.DropPrefix(prefix)));
    var answer = new LinkedHashMap<String, Object>();
    answer.put("dropped", gone.size());
    answer.put("tables", gone.stream().map(table -> table.name().toString()).toList());
    return JsonBody.write(answer);
  }

  ByteString versions(ByteString bytes, CallLog.Entry entry) {
    TableName table = JsonBody.of("versions", bytes, "table").table("table");
    entry.table(table);
    var answer = new LinkedHashMap<String, Object>();
    answer.put("table", table.toString());
    answer.put("versions", store.versions(table).stream().map(TableActions::told).toList());
    return JsonBody.write(answer);
  }

  ByteString commit(ByteString bytes, CallLog.Entry entry) {
    List<?> list = JsonBody.of("commit", bytes, "changes").list("changes");
    if (list.isEmpty() || list.size() > Limits.CHANGES) {
      throw JsonBody.invalid(
          "a commit has 1 to " + Limits.CHANGES + " changes, not " + list.size());
    }
    var changes = new ArrayList<Change>();
    for (Object value : list) {
      changes.add(change("change " + (changes.size() + 1) + " of the commit", value));
    }
    entry.subject("commit of " + changes.size() + (changes.size() == 1 ? " change" : " changes"));
    List<TableSummary> changed = store.commit(changes);
    return JsonBody.write(Map.of("tables", changed.stream().map(TableActions::written).toList()));
  }

  private static Change change(String what, Object value) {
    JsonBody change = JsonBody.object(what, value, CHANGE_KEYS);
    long kinds = change.values().keySet().stream().filter(key -> !key.equals(IF_VERSION)).count();
    if (kinds != 1 || (change.has(IF_VERSION) && !change.has("drop"))) {
      throw JsonBody.invalid(
          what
              + " has to be one of {\"drop\": \"table\", \"if_version\": 3},"
              + " {\"drop_prefix\": \"name\"},"
              + " {\"rename\": {\"from\": \"table\", \"to\": \"table\"}}, {\"finish\": \"upload\"}");
    }
    if (change.has("drop")) {
      return new Change.Drop(change.table("drop"), change.number(IF_VERSION));
    }
    if (change.has("drop_prefix")) {
      return new Change.DropPrefix(change.table("drop_prefix"));
    }
    return change.has("rename")
        ? rename(change.object("rename", "from", "to", IF_VERSION))
        : new Change.Finish(change.text("finish"));
  }

  private static Change.Rename rename(JsonBody body) {
    return new Change.Rename(body.table("from"), body.table("to"), body.number(IF_VERSION));
  }

  /** What a commit says of a table. */
  static Map<String, Object> written(TableSummary table) {
    var told = new LinkedHashMap<String, Object>();
    told.put("table", table.name().toString());
    told.put("version", table.version());
    told.put("rows", table.rows());
    told.put("bytes", table.bytes());
    return told;
  }

  private static Map<String, Object> told(TableSummary version) {
    var told = new LinkedHashMap<String, Object>();
    told.put("version", version.version());
    told.put("rows", version.rows());
    told.put("bytes", version.bytes());
    told.put("batches", version.batches());
    told.put("parts", version.parts());
    told.put("durability", WriteWords.word(version.durability()));
    told.put("created", version.created().toString());
    if (version.expires() != null) {
      told.put("expires", version.expires().toString());
    }
    return told;
  }
}
