package dev.hangar.store.local;

import dev.hangar.store.Durability;
import dev.hangar.store.WriteOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.OptionalLong;

/** The options of an upload as the catalog keeps them: {@code name=value} in lines. */
final class UploadOptions {
  private UploadOptions() {}

  static String text(WriteOptions options) {
    var lines = new ArrayList<String>();
    lines.add("mode=" + options.mode());
    lines.add("keep=" + options.keepVersions());
    if (options.ifVersion().isPresent()) {
      lines.add("if=" + options.ifVersion().getAsLong());
    }
    if (options.timeToLive() != null) {
      lines.add("ttl=" + options.timeToLive());
    }
    return String.join("\n", lines);
  }

  /** Those of {@link #text}; of what is on disk. */
  static WriteOptions parse(String text) {
    var values = new HashMap<String, String>();
    text.lines()
        .forEach(line -> values.put(before(line), line.substring(before(line).length() + 1)));
    var condition = values.get("if");
    var timeToLive = values.get("ttl");
    return new WriteOptions(
        WriteOptions.Mode.valueOf(values.getOrDefault("mode", "")),
        Durability.DISK,
        condition == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(condition)),
        timeToLive == null ? null : Duration.parse(timeToLive),
        null,
        Integer.parseInt(values.getOrDefault("keep", "")));
  }

  private static String before(String line) {
    return line.substring(0, line.indexOf('='));
  }
}
