package dev.hangar.store.local;

import dev.hangar.store.Durability;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Quoted;
import dev.hangar.store.TableName;
import dev.hangar.store.TableSummary;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a writer or an upload has for a new version: parts that have one schema. Immutable.
 *
 * @param parts owned by whoever made the draft
 */
@SuppressWarnings("ArrayRecordComponent") // drafts are never compared
record Draft(byte[] origin, ByteBuffer schema, Durability durability, List<SharedPart> parts) {
  /**
   * The summary of the version it makes.
   *
   * @param base the version it is appended to; null: none
   */
  TableSummary summary(
      TableName name,
      long number,
      Instant created,
      @Nullable Instant expires,
      @Nullable Version base) {
    var before = base == null ? null : base.summary();
    return new TableSummary(
        name,
        number,
        before == null ? origin : before.origin(),
        before == null ? schema : before.schema(),
        (before == null ? 0 : before.rows()) + sum(parts, part -> part.part().rows()),
        (before == null ? 0 : before.bytes()) + sum(parts, part -> part.part().bytes()),
        (before == null ? 0 : before.batches()) + sum(parts, part -> part.part().batches()),
        (before == null ? 0 : before.parts()) + parts.size(),
        durability,
        created,
        expires);
  }

  /**
   * @throws InvalidDataException if it can't be appended to that version
   */
  void requireFitting(TableSummary base) {
    if (base.durability() != durability) {
      throw new InvalidDataException(
          "table %s is kept %s, and rows appended to it are too: ask for no other durability"
              .formatted(
                  Quoted.of(base.name().toString()),
                  base.durability() == Durability.DISK ? "on disk" : "in memory"));
    }
    SameSchema.require("table " + Quoted.of(base.name().toString()), base.schema(), schema);
  }

  private static long sum(List<SharedPart> parts, ToLongFunction<SharedPart> count) {
    return parts.stream().mapToLong(count).sum();
  }
}
