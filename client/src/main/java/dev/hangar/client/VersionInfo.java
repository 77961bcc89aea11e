package dev.hangar.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hangar.client.PutOptions.Durability;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a Hangar tells of one version of a table. Immutable.
 *
 * @param version its number, as in {@code name@7}
 * @param bytes of all bodies
 * @param batches messages, those with dictionaries counted
 * @param parts what it is made of
 * @param durability what it outlives
 * @param created when it was committed
 * @param expires when it is dropped, unless it is put again; null: never
 */
public record VersionInfo(
    long version,
    long rows,
    long bytes,
    long batches,
    int parts,
    Durability durability,
    Instant created,
    @Nullable Instant expires) {
  static VersionInfo of(JsonNode json) {
    return new VersionInfo(
        json.path("version").asLong(),
        json.path("rows").asLong(),
        json.path("bytes").asLong(),
        json.path("batches").asLong(),
        json.path("parts").asInt(),
        Durability.valueOf(json.path("durability").asText().toUpperCase(Locale.ROOT)),
        Instant.parse(json.path("created").asText()),
        json.hasNonNull("expires") ? Instant.parse(json.path("expires").asText()) : null);
  }
}
