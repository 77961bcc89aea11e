package dev.hangar.client;

import dev.hangar.wire.grpc.Metadata;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a table is put. Immutable; each method makes a copy that differs in one thing. Other servers
 * than Hangar do not look at it.
 *
 * @param mode what becomes of the rows that are there
 * @param durability what the table outlives; null: what the server does where nobody says
 * @param ifVersion the version the table must have when this put ends; 0: there must be none
 * @param timeToLive after which the table is dropped, unless it is put again; null: never
 * @param idempotencyKey under which a repeated put is the same one, 1 to 128 printable ASCII
 *     characters; null: one that is made up for each put
 * @param keepVersions replaced versions that stay readable, as in {@code name@7}
 * @param kind what the name has to mean, or else the put is refused before its first row; null: any
 */
public record PutOptions(
    Mode mode,
    @Nullable Durability durability,
    OptionalLong ifVersion,
    @Nullable Duration timeToLive,
    @Nullable String idempotencyKey,
    OptionalInt keepVersions,
    @Nullable Kind kind) {
  /** What becomes of the rows that are there. */
  public enum Mode {
    /** They are replaced. */
    REPLACE,
    /** They stay, in front of the new ones, which must have their schema. */
    APPEND,
    /** There must be no table. */
    CREATE
  }

  /** What a table outlives. */
  public enum Durability {
    /** The server: the put ends when it is on disk. */
    DISK,
    /** Nothing: it is gone with the server, or earlier where memory runs short. */
    MEMORY
  }

  /** What a name means to the server. */
  public enum Kind {
    /** A table of its store. */
    TABLE,
    /** A file below a folder that it serves. */
    FILE
  }

  /** In place of what is there, as the server does where nobody says. */
  public static final PutOptions DEFAULT =
      new PutOptions(
          Mode.REPLACE, null, OptionalLong.empty(), null, null, OptionalInt.empty(), null);

  public PutOptions {
    if (timeToLive != null && timeToLive.toMillis() < 1) {
      throw new IllegalArgumentException("a table lives for some time, not for " + timeToLive);
    }
  }

  public PutOptions mode(Mode mode) {
    return new PutOptions(
        mode, durability, ifVersion, timeToLive, idempotencyKey, keepVersions, kind);
  }

  public PutOptions durability(Durability durability) {
    return new PutOptions(
        mode, durability, ifVersion, timeToLive, idempotencyKey, keepVersions, kind);
  }

  public PutOptions ifVersion(long version) {
    return new PutOptions(
        mode, durability, OptionalLong.of(version), timeToLive, idempotencyKey, keepVersions, kind);
  }

  public PutOptions timeToLive(Duration timeToLive) {
    return new PutOptions(
        mode, durability, ifVersion, timeToLive, idempotencyKey, keepVersions, kind);
  }

  public PutOptions idempotencyKey(String idempotencyKey) {
    return new PutOptions(
        mode, durability, ifVersion, timeToLive, idempotencyKey, keepVersions, kind);
  }

  public PutOptions keepVersions(int versions) {
    return new PutOptions(
        mode, durability, ifVersion, timeToLive, idempotencyKey, OptionalInt.of(versions), kind);
  }

  public PutOptions kind(Kind kind) {
    return new PutOptions(
        mode, durability, ifVersion, timeToLive, idempotencyKey, keepVersions, kind);
  }

  /** What says this to a server; with a key in any case, which has to stay for all attempts. */
  Metadata headers() {
    String key = idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey;
    var headers = Metadata.of("hangar-idempotency-key", key);
    for (var word : words().entrySet()) {
      headers = headers.with("hangar-" + word.getKey(), word.getValue());
    }
    return kind == null ? headers : headers.with("hangar-kind", word(kind));
  }

  /** What differs from what servers do by themselves, but for the key and the kind. */
  Map<String, String> words() {
    var words = new LinkedHashMap<String, String>();
    if (mode != Mode.REPLACE) {
      words.put("mode", word(mode));
    }
    if (durability != null) {
      words.put("durability", word(durability));
    }
    if (ifVersion.isPresent()) {
      words.put("if-version", Long.toString(ifVersion.getAsLong()));
    }
    if (timeToLive != null) {
      words.put("ttl", timeToLive.toMillis() + "ms");
    }
    if (keepVersions.isPresent()) {
      words.put("keep-versions", Integer.toString(keepVersions.getAsInt()));
    }
    return words;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
