package dev.hangar.server;

import dev.hangar.store.local.Backup;
import dev.hangar.store.local.Fault;
import dev.hangar.store.local.Verification;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What verifications and backups say, as lines of JSON.
 *
 * <pre>
 *  {"rows": 0, "bytes": 0, "rows_of": 9, "bytes_of": 99}        how far it is
 *  {"fault": "a sentence", "table": "t", "version": 3, "file": "…", "offset": 64, "what": "…"}
 *  {"tables": 1, "parts": 2, "bytes": 99, "faults": 1}          the end
 *  {"backup": "…", "tables": 1, "parts": 2, "bytes": 99, "linked": 2}   the end of a backup
 * </pre>
 */
public final class UpkeepLines {
  private static final JsonMapper JSON = new JsonMapper();

  private UpkeepLines() {}

  /** What asks to verify one table. */
  public static String tableBody(String table) {
    return JSON.writeValueAsString(Map.of("table", table));
  }

  /** What asks for a backup. */
  public static String backupBody(String name) {
    return JSON.writeValueAsString(Map.of("name", name));
  }

  /** How far it is. */
  public static String progress(long rows, long rowsOf, long bytes, long bytesOf) {
    var line = new LinkedHashMap<String, Object>();
    line.put("rows", rows);
    line.put("bytes", bytes);
    line.put("rows_of", rowsOf);
    line.put("bytes_of", bytesOf);
    return JSON.writeValueAsString(line);
  }

  /** A fault; what is not known of it is left out. */
  public static String fault(Fault fault) {
    var line = new LinkedHashMap<String, Object>();
    line.put("fault", fault.toString());
    if (fault.table() != null) {
      line.put("table", fault.table());
    }
    fault.version().ifPresent(version -> line.put("version", version));
    if (fault.file() != null) {
      line.put("file", fault.file().toString());
    }
    fault.offset().ifPresent(offset -> line.put("offset", offset));
    line.put("what", fault.what());
    return JSON.writeValueAsString(line);
  }

  /** A verification's end. */
  public static String summary(Verification.Summary summary) {
    var line = new LinkedHashMap<String, Object>();
    line.put("tables", summary.tables());
    line.put("parts", summary.parts());
    line.put("bytes", summary.bytes());
    line.put("faults", summary.faults());
    return JSON.writeValueAsString(line);
  }

  /** A backup's end. */
  public static String summary(Path backup, Backup.Summary summary) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("backup", backup.toString());
    line.put("tables", summary.tables());
    line.put("parts", summary.parts());
    line.put("bytes", summary.bytes());
    line.put("linked", summary.linked());
    return JSON.writeValueAsString(line);
  }

  /**
   * Tells {@code listener} what a line of a verification says; its summary, if it is the end.
   *
   * @throws tools.jackson.core.JacksonException if it is none
   */
  public static Verification.@Nullable Summary read(String line, Verification.Listener listener) {
    JsonNode json = JSON.readTree(line);
    if (json.has("fault")) {
      listener.fault(
          new Fault(
              json.has("table") ? json.path("table").asString() : null,
              number(json, "version"),
              json.has("file") ? Path.of(json.path("file").asString()) : null,
              number(json, "offset"),
              json.path("what").asString()));
      return null;
    }
    if (json.has("rows_of")) {
      long rows = json.path("rows").asLong();
      long bytes = json.path("bytes").asLong();
      if (rows == 0 && bytes == 0) {
        listener.begins(json.path("rows_of").asLong(), json.path("bytes_of").asLong());
      }
      listener.progress(rows, bytes);
      return null;
    }
    return new Verification.Summary(
        json.path("tables").asInt(),
        json.path("parts").asInt(),
        json.path("bytes").asLong(),
        json.path("faults").asLong());
  }

  /**
   * A backup's end in words; null: the line says how far it is, and {@code progress} is told.
   *
   * @throws tools.jackson.core.JacksonException if it is none
   */
  public static @Nullable String readBackup(String line, Backup.Progress progress) {
    JsonNode json = JSON.readTree(line);
    if (!json.has("backup")) {
      progress.update(json.path("bytes").asLong(), json.path("bytes_of").asLong());
      return null;
    }
    var summary =
        new Backup.Summary(
            json.path("tables").asInt(),
            json.path("parts").asInt(),
            json.path("bytes").asLong(),
            json.path("linked").asInt());
    return json.path("backup").asString() + ": " + summary;
  }

  private static OptionalLong number(JsonNode json, String key) {
    return json.has(key) ? OptionalLong.of(json.path(key).asLong()) : OptionalLong.empty();
  }
}
