package dev.hangar.store.local;

import dev.hangar.store.Durability;
import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import dev.hangar.store.TableName;
import dev.hangar.store.TableSummary;
import dev.hangar.store.catalog.Contents;
import dev.hangar.store.catalog.Rows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is in a data directory, as a store has it: made once, at its opening. */
final class Loader {
  /**
   * What was found.
   *
   * @param highestId no table has a higher id
   */
  record Loaded(
      Map<TableName, TableState> tables,
      List<Upload> uploads,
      List<Rows.Key> keys,
      long highestVersion,
      long highestId) {}

  private final Disk disk;
  private final Contents contents;
  private final Map<String, SharedPart> parts = new HashMap<>();
  private final Map<Long, List<Rows.Version>> versions;
  private final Map<Long, List<Rows.Part>> tableParts;

  private Loader(Disk disk, Contents contents) {
    this.disk = disk;
    this.contents = contents;
    this.versions =
        contents.versions().stream().collect(Collectors.groupingBy(Rows.Version::table));
    this.tableParts = contents.parts().stream().collect(Collectors.groupingBy(Rows.Part::table));
  }

  /** Everything in the catalog. Part files that are not in it are removed, if all of it is well. */
  static Loaded load(Disk disk) {
    var contents = disk.catalog().load();
    if (!contents.damages().isEmpty()) {
      disk.damaged(contents.damages());
      disk.distrust("the catalog is damaged");
    }
    var loader = new Loader(disk, contents);
    loader.checkFiles();
    var loaded =
        new Loaded(
            loader.tables(),
            loader.uploads(),
            contents.keys(),
            contents.highestVersion(),
            contents.tables().stream().mapToLong(Rows.Table::id).max().orElse(0));
    loader.parts.values().forEach(SharedPart::letGo); // its versions and uploads have their own
    return loaded;
  }

  private Map<TableName, TableState> tables() {
    var tables = new HashMap<TableName, TableState>();
    for (Rows.Table row : contents.tables()) {
      var name = TableName.parse(row.name());
      var all =
          versions.getOrDefault(row.id(), List.of()).stream()
              .sorted(Comparator.comparingLong(Rows.Version::version).reversed())
              .map(version -> version(name, version))
              .toList();
      if (all.isEmpty() || all.getFirst().number() != row.current()) {
        all.forEach(Version::letGo);
        disk.damaged(List.of("table %s has lost its version %d".formatted(name, row.current())));
      } else {
        tables.put(name, new TableState(row.id(), all.getFirst(), all.subList(1, all.size())));
      }
    }
    return tables;
  }

  private Version version(TableName name, Rows.Version row) {
    var own =
        tableParts.getOrDefault(row.table(), List.of()).stream()
            .filter(part -> part.first() <= row.version() && row.version() < part.end())
            .sorted(Comparator.comparingInt(Rows.Part::position))
            .map(part -> part(part.file(), name))
            .toList();
    var summary =
        new TableSummary(
            name,
            row.version(),
            row.origin(),
            ByteBuffer.wrap(row.schema()),
            row.rows(),
            row.bytes(),
            row.batches(),
            own.size(),
            Durability.DISK,
            row.created(),
            row.expires());
    return new Version(
        summary, isWhole(row, own) ? own : damaged(summary, own), row.keepVersions());
  }

  private static boolean isWhole(Rows.Version row, List<SharedPart> parts) {
    return row.rows() == parts.stream().mapToLong(part -> part.part().rows()).sum()
        && row.bytes() == parts.stream().mapToLong(part -> part.part().bytes()).sum()
        && row.batches() == parts.stream().mapToLong(part -> part.part().batches()).sum();
  }

  /**
   * The parts there are, behind one that says that some are not: nobody gets them for the whole.
   */
  private List<SharedPart> damaged(TableSummary summary, List<SharedPart> parts) {
    var damage =
        "table %s, version %d: the catalog has lost some of its parts; restore it from a backup"
            .formatted(summary.name(), summary.version());
    disk.damaged(List.of(damage));
    return Stream.concat(
            Stream.of(new SharedPart(new DamagedPart(damage), null, _ -> {})), parts.stream())
        .toList();
  }

  private SharedPart part(Rows.PartFile file, TableName name) {
    return parts.computeIfAbsent(file.id(), id -> disk.part(file, name)).share();
  }

  private List<Upload> uploads() {
    var uploadParts =
        contents.uploadParts().stream().collect(Collectors.groupingBy(Rows.UploadPart::upload));
    return contents.uploads().stream()
        .map(row -> upload(row, uploadParts.getOrDefault(row.id(), List.of())))
        .toList();
  }

  private Upload upload(Rows.Upload row, List<Rows.UploadPart> rows) {
    var name = TableName.parse(row.name());
    var uploaded =
        rows.stream()
            .collect(
                Collectors.toMap(
                    Rows.UploadPart::number,
                    (Function<Rows.UploadPart, Upload.UploadedPart>)
                        part ->
                            new Upload.UploadedPart(
                                ByteBuffer.wrap(part.schema()), part(part.file(), name)),
                    (first, second) -> second,
                    TreeMap::new));
    return new Upload(
        row.id(),
        name,
        row.origin(),
        UploadOptions.parse(row.options()),
        Durability.DISK,
        row.expires(),
        uploaded);
  }

  private void checkFiles() {
    var expected = new HashSet<Path>();
    contents.partFiles().forEach(file -> expected.add(disk.directory().partFile(file.id())));
    var there = new HashSet<>(disk.directory().partFiles());
    reportMissing(there);
    if (contents.damages().isEmpty()) {
      removeOrphans(there, expected);
    }
  }

  private void reportMissing(Set<Path> there) {
    var names =
        contents.tables().stream().collect(Collectors.toMap(Rows.Table::id, Rows.Table::name));
    var missing = new ArrayList<String>();
    for (Rows.Part part : contents.parts()) {
      var file = disk.directory().partFile(part.file().id());
      if (!there.contains(file)) {
        missing.add(
            "table %s: its file %s is missing; restore it from a backup, or drop the table"
                .formatted(names.get(part.table()), file));
      }
    }
    disk.damaged(missing);
  }

  /** What a crash left behind before a commit, or after one. */
  private void removeOrphans(Set<Path> there, Set<Path> expected) {
    there.stream().filter(file -> !expected.contains(file)).forEach(this::remove);
  }

  private void remove(Path file) {
    try {
      disk.directory().files().delete(file);
    } catch (IOException e) {
      throw new StorageException(
          file + " can't be removed: " + e.getMessage(), Remedy.CONFIGURATION, e);
    }
  }
}
