package dev.hangar.store.catalog;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Rows for tests, and contents as text, in which two catalogs can be compared. */
final class Samples {
  static final Instant TIME = Instant.parse("2026-11-21T15:00:00.123456789Z");

  private Samples() {}

  static Rows.Table table(long id, long current) {
    return new Rows.Table(id, "größe/t" + id, current);
  }

  static Rows.Version version(long table, long version) {
    return new Rows.Version(
        table, version, new byte[] {1, 2}, schema(table), 3, 4L << 32, 5, TIME, null, 1);
  }

  static Rows.PartFile file(String id) {
    return new Rows.PartFile(id, 5L << 32, -7, 3, 4, 1);
  }

  static Rows.Part part(long table, int position, String id, long first) {
    return new Rows.Part(table, position, file(id), first, Long.MAX_VALUE);
  }

  static Rows.Upload upload(String id) {
    return new Rows.Upload(id, "up/" + id, new byte[0], "{}", TIME.plusSeconds(60));
  }

  static Rows.UploadPart uploadPart(String upload, int number, String id) {
    return new Rows.UploadPart(upload, number, schema(number), file(id));
  }

  static Rows.Key key(String key, Instant created) {
    return new Rows.Key(key, "a/b", 9, created);
  }

  /** What a put of one part does to a table. */
  static List<Edit> put(long table, long before, long version) {
    return List.of(
        new Edit.SaveTable(table(table, version), before),
        new Edit.SaveVersion(version(table, version)),
        new Edit.RetireParts(table, version),
        new Edit.SavePart(part(table, 0, "p" + table + "-" + version, version)));
  }

  /** New tables with a version of one part each, numbered from 1. */
  static List<Edit> tables(int count) {
    List<Edit> edits = new ArrayList<>();
    for (long id = 1; id <= count; id++) {
      edits.addAll(put(id, 0, id));
    }
    return edits;
  }

  /** Every value of every row, a line each; not the damages. */
  static List<String> lines(Contents contents) {
    return Stream.of(
            contents.tables().stream().map(Object::toString),
            contents.versions().stream().map(Samples::line),
            contents.parts().stream().map(Object::toString),
            contents.uploads().stream()
                .map(row ->
                    row.id() + row.name() + hex(row.origin()) + row.options() + row.expires()),
            contents.uploadParts().stream()
                .map(row -> row.upload() + row.number() + hex(row.schema()) + row.file()),
            contents.keys().stream().map(Object::toString),
            Stream.of("highest " + contents.highestVersion()))
        .flatMap(lines -> lines)
        .toList();
  }

  static String line(Rows.Version row) {
    return Stream.of(
            row.table(),
            row.version(),
            hex(row.origin()),
            hex(row.schema()),
            row.rows(),
            row.bytes(),
            row.batches(),
            row.created(),
            "" + row.expires(),
            row.keepVersions())
        .toList()
        .toString();
  }

  private static byte[] schema(long number) {
    return new byte[] {(byte) number, 0, -1, 127};
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
