package dev.hangar.store.local;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Something in a data directory that is not as it was written. Immutable.
 *
 * @param table null: not known, or none
 * @param version the first that has it
 * @param offset where in the file it begins
 */
public record Fault(
    @Nullable String table,
    OptionalLong version,
    @Nullable Path file,
    OptionalLong offset,
    String what) {
  static Fault of(String what) {
    return new Fault(null, OptionalLong.empty(), null, OptionalLong.empty(), what);
  }

  static Fault of(Path file, String what) {
    return new Fault(null, OptionalLong.empty(), file, OptionalLong.empty(), what);
  }

  static Fault of(String table, long version, String what) {
    return new Fault(table, OptionalLong.of(version), null, OptionalLong.empty(), what);
  }

  /** One line. */
  @Override
  public String toString() {
    var line = new StringBuilder();
    if (table != null) {
      line.append("table ").append(table);
    }
    version.ifPresent(number -> line.append(comma(line)).append("version ").append(number));
    if (file != null) {
      line.append(comma(line)).append(file);
    }
    offset.ifPresent(at -> line.append(comma(line)).append("byte ").append(at));
    return line.append(line.isEmpty() ? "" : ": ").append(what).toString();
  }

  private static String comma(StringBuilder line) {
    return line.isEmpty() ? "" : ", ";
  }
}
