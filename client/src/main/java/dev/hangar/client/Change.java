package dev.hangar.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/** One of the changes that a {@linkplain Hangar#commit commit} makes, or not. */
public sealed interface Change {
  /** Removes a table. */
  static Change drop(String table) {
    return new Drop(table, OptionalLong.empty());
  }

  /** Removes a table that has to be at this version. */
  static Change drop(String table, long ifVersion) {
    return new Drop(table, OptionalLong.of(ifVersion));
  }

  /** Removes every table whose name begins with the segments of {@code prefix}. */
  static Change dropPrefix(String prefix) {
    return new DropPrefix(prefix);
  }

  /** Gives a table another name, which no table may have. */
  static Change rename(String from, String to) {
    return new Rename(from, to, OptionalLong.empty());
  }

  /** Gives a table that has to be at this version another name, which no table may have. */
  static Change rename(String from, String to, long ifVersion) {
    return new Rename(from, to, OptionalLong.of(ifVersion));
  }

  /** Makes the parts of an upload the next version of its table. */
  static Change finish(String upload) {
    return new Finish(upload);
  }

  /** This as the server reads it. */
  Map<String, Object> json();

  /** A table removed. */
  record Drop(String table, OptionalLong ifVersion) implements Change {
    @Override
    public Map<String, Object> json() {
      return conditional("drop", table, ifVersion);
    }
  }

  /** Tables removed. */
  record DropPrefix(String prefix) implements Change {
    @Override
    public Map<String, Object> json() {
      return Map.of("drop_prefix", prefix);
    }
  }

  /** A table renamed. */
  record Rename(String from, String to, OptionalLong ifVersion) implements Change {
    @Override
    public Map<String, Object> json() {
      return Map.of("rename", arguments());
    }

    /** Without the verb. */
    Map<String, Object> arguments() {
      var arguments = conditional("from", from, ifVersion);
      arguments.put("to", to);
      return arguments;
    }
  }

  /** An upload in parts ended. */
  record Finish(String upload) implements Change {
    @Override
    public Map<String, Object> json() {
      return Map.of("finish", upload);
    }
  }

  private static Map<String, Object> conditional(String key, String value, OptionalLong ifVersion) {
    var json = new LinkedHashMap<String, Object>();
    json.put(key, value);
    ifVersion.ifPresent(version -> json.put("if_version", version));
    return json;
  }
}
