package dev.hangar.store.catalog;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All there is in a catalog. Immutable.
 *
 * @param highestVersion a number that versions of new tables must be above
 * @param damages a sentence for each row that is not what was written; such rows are in none of the
 *     lists. Where there is one, a file that no list names may still be of a table
 * @param damagedTables ids of tables with versions or parts, or a row of their own, missing: what
 *     the lists have of them is right, but it is not all
 */
public record Contents(
    List<Rows.Table> tables,
    List<Rows.Version> versions,
    List<Rows.Part> parts,
    List<Rows.Upload> uploads,
    List<Rows.UploadPart> uploadParts,
    List<Rows.Key> keys,
    long highestVersion,
    List<String> damages,
    Set<Long> damagedTables) {
  /** The files of all parts, of tables and of uploads, each once. */
  public Collection<Rows.PartFile> partFiles() {
    var files = new LinkedHashMap<String, Rows.PartFile>();
    parts.forEach(part -> files.put(part.file().id(), part.file()));
    uploadParts.forEach(part -> files.put(part.file().id(), part.file()));
    return files.values();
  }

  /** What there is of one table; damages stay, for a row that is damaged may be of any. */
  public Contents of(String table) {
    var own = tables.stream().filter(row -> row.name().equals(table)).toList();
    var ids = own.stream().map(Rows.Table::id).collect(Collectors.toSet());
    return new Contents(
        own,
        versions.stream().filter(row -> ids.contains(row.table())).toList(),
        parts.stream().filter(row -> ids.contains(row.table())).toList(),
        List.of(),
        List.of(),
        List.of(),
        highestVersion,
        damages,
        damagedTables);
  }
}
