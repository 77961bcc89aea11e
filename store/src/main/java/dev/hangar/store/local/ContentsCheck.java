package dev.hangar.store.local;

import dev.hangar.store.DamagedPartException;
import dev.hangar.store.StorageException;
import dev.hangar.store.catalog.Contents;
import dev.hangar.store.catalog.Rows;
import dev.hangar.store.part.PartCheck;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The versions and parts in a catalog, held against each other and against the part files. */
final class ContentsCheck {
  private final DataDirectory directory;
  private final Contents contents;
  private final Verification.Findings found;
  private final Map<Long, List<Rows.Version>> versions;
  private final Map<Long, List<Rows.Part>> parts;
  private final Map<Long, String> names = new HashMap<>();
  private final Map<String, String> uploads = new HashMap<>();
  private long rowsRead;
  private long bytesRead;
  private long bytesOfFile;

  ContentsCheck(DataDirectory directory, Contents contents, Verification.Findings found) {
    this.directory = directory;
    this.contents = contents;
    this.found = found;
    this.versions =
        contents.versions().stream().collect(Collectors.groupingBy(Rows.Version::table));
    this.parts = contents.parts().stream().collect(Collectors.groupingBy(Rows.Part::table));
    contents.tables().forEach(table -> names.put(table.id(), table.name()));
    contents.uploads().forEach(row -> uploads.put(row.id(), row.name() + ", upload " + row.id()));
  }

  Verification.Summary run() {
    found.listener().begins(sum(Rows.PartFile::rows), sum(Rows.PartFile::fileBytes));
    contents.tables().forEach(this::checkVersions);
    contents
        .parts()
        .forEach(part -> checkFile(name(part.table()), OptionalLong.of(part.first()), part.file()));
    contents
        .uploadParts()
        .forEach(part -> checkFile(upload(part), OptionalLong.empty(), part.file()));
    int files = contents.parts().size() + contents.uploadParts().size();
    return new Verification.Summary(contents.tables().size(), files, bytesRead, found.count());
  }

  private long sum(ToLongFunction<Rows.PartFile> of) {
    return contents.parts().stream().map(Rows.Part::file).mapToLong(of).sum()
        + contents.uploadParts().stream().map(Rows.UploadPart::file).mapToLong(of).sum();
  }

  private void checkVersions(Rows.Table table) {
    var all = versions.getOrDefault(table.id(), List.of());
    if (all.stream().mapToLong(Rows.Version::version).max().orElse(-1) != table.current()) {
      found.add(Fault.of(table.name(), table.current(), "the catalog has lost this version"));
    }
    all.forEach(version -> checkVersion(table, version));
  }

  private void checkVersion(Rows.Table table, Rows.Version version) {
    var files =
        parts.getOrDefault(table.id(), List.of()).stream()
            .filter(part -> part.first() <= version.version() && version.version() < part.end())
            .map(Rows.Part::file)
            .toList();
    long rows = files.stream().mapToLong(Rows.PartFile::rows).sum();
    long bytes = files.stream().mapToLong(Rows.PartFile::bytes).sum();
    long batches = files.stream().mapToLong(Rows.PartFile::batches).sum();
    if (rows != version.rows() || bytes != version.bytes() || batches != version.batches()) {
      found.add(
          Fault.of(
              table.name(),
              version.version(),
              "it has %d rows, %d bytes and %d batches, and its parts in the catalog %d, %d and %d"
                  .formatted(
                      version.rows(), version.bytes(), version.batches(), rows, bytes, batches)));
    }
  }

  private void checkFile(String table, OptionalLong version, Rows.PartFile file) {
    var path = directory.partFile(file.id());
    var check =
        new PartCheck(directory.files(), damage -> found.add(fault(table, version, file, damage)));
    try {
      check.check(directory.folder(file.id()), file, table, this::read);
    } catch (StorageException unreadable) {
      found.add(
          new Fault(
              table, version, path, OptionalLong.empty(), String.valueOf(unreadable.getMessage())));
    }
    rowsRead += file.rows();
    bytesRead += file.fileBytes();
    bytesOfFile = 0;
    found.listener().progress(rowsRead, bytesRead);
  }

  /** A file may be as large as all others together. */
  private void read(long bytes) {
    bytesOfFile += bytes;
    found.listener().progress(rowsRead, bytesRead + bytesOfFile);
  }

  private Fault fault(
      String table, OptionalLong version, Rows.PartFile file, DamagedPartException damage) {
    return new Fault(table, version, directory.partFile(file.id()), damage.offset(), damage.what());
  }

  private String name(long table) {
    return names.getOrDefault(table, "number " + table);
  }

  private String upload(Rows.UploadPart part) {
    return uploads.getOrDefault(part.upload(), "of upload " + part.upload());
  }
}
