package dev.hangar.client;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A table that a commit changed, as it is now; of one that is gone the last version. Immutable.
 *
 * @param bytes of all bodies
 */
public record CommittedTable(String name, long version, long rows, long bytes) {
  static CommittedTable of(JsonNode json) {
    return new CommittedTable(
        json.path("table").asText(),
        json.path("version").asLong(),
        json.path("rows").asLong(),
        json.path("bytes").asLong());
  }
}
