package dev.hangar.store;

import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How a version is written, and how long it stays. Immutable.
 *
 * @param mode what becomes of the rows that are there
 * @param durability what it outlives; null is what the store does where nobody says, and for an
 *     append what the table has
 * @param ifVersion the number the current version must have when this one is committed; 0: there
 *     must be no table
 * @param timeToLive after which the table is dropped, unless it is written again; null: never
 * @param idempotencyKey under which a repeated write is the same one; null: none
 * @param keepVersions replaced versions that stay openable, whether a ticket names them or not
 */
public record WriteOptions(
    Mode mode,
    @Nullable Durability durability,
    OptionalLong ifVersion,
    @Nullable Duration timeToLive,
    @Nullable String idempotencyKey,
    int keepVersions) {
  /** What becomes of the rows that are there. */
  public enum Mode {
    /** They are replaced. */
    REPLACE,
    /** They stay, in front of the new ones, which must have their schema. */
    APPEND,
    /** There must be no table. */
    CREATE
  }

  /** In place of what is there, as the store does where nobody says. */
  public static final WriteOptions DEFAULT =
      new WriteOptions(Mode.REPLACE, null, OptionalLong.empty(), null, null, 0);

  public WriteOptions withMode(Mode mode) {
    return new WriteOptions(mode, durability, ifVersion, timeToLive, idempotencyKey, keepVersions);
  }

  public WriteOptions withDurability(Durability durability) {
    return new WriteOptions(mode, durability, ifVersion, timeToLive, idempotencyKey, keepVersions);
  }

  public WriteOptions withIfVersion(long version) {
    return new WriteOptions(
        mode, durability, OptionalLong.of(version), timeToLive, idempotencyKey, keepVersions);
  }

  public WriteOptions withTimeToLive(Duration timeToLive) {
    return new WriteOptions(mode, durability, ifVersion, timeToLive, idempotencyKey, keepVersions);
  }

  public WriteOptions withIdempotencyKey(String idempotencyKey) {
    return new WriteOptions(mode, durability, ifVersion, timeToLive, idempotencyKey, keepVersions);
  }

  public WriteOptions withKeepVersions(int keepVersions) {
    return new WriteOptions(mode, durability, ifVersion, timeToLive, idempotencyKey, keepVersions);
  }
}
