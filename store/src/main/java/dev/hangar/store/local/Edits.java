package dev.hangar.store.local;

import dev.hangar.store.TableName;
import dev.hangar.store.catalog.Edit;
import dev.hangar.store.catalog.Rows;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the catalog has to be told so that it has a table as it is after a commit. */
final class Edits {
  private final List<Edit> edits = new ArrayList<>();

  private Edits() {}

  /** The steps from one state of a table to another; null: there is none, or it has another id. */
  static List<Edit> between(@Nullable TableState before, @Nullable TableState after) {
    var edits = new Edits();
    var old = before != null && before.isDurable() ? before : null;
    var next = after != null && after.isDurable() ? after : null;
    if (old != null && next != null) {
      edits.change(old, next);
    } else if (old != null) {
      edits.edits.add(new Edit.RemoveTable(old.id()));
    } else if (next != null) {
      edits.make(next);
    }
    return edits.edits;
  }

  private void make(TableState state) {
    saveTable(state, 0);
    state.versions().forEach(version -> saveVersion(state, version));
    addParts(state, 0);
  }

  private void change(TableState old, TableState next) {
    if (next.current().number() != old.current().number() || !name(next).equals(name(old))) {
      saveTable(next, old.current().number());
    }
    var before = numbers(old);
    var after = numbers(next);
    next.versions()
        .filter(version -> !before.contains(version.number()))
        .forEach(version -> saveVersion(next, version));
    old.versions()
        .filter(version -> !after.contains(version.number()))
        .forEach(version -> edits.add(new Edit.RemoveVersion(old.id(), version.number())));
    changeParts(old, next);
  }

  /** An append leaves the parts there are in front of the new ones; all else takes their place. */
  private void changeParts(TableState old, TableState next) {
    var before = old.current().parts();
    var after = next.current().parts();
    boolean isAppended =
        after.size() >= before.size() && after.subList(0, before.size()).equals(before);
    if (!isAppended) {
      edits.add(new Edit.RetireParts(next.id(), next.current().number()));
    }
    var left = files(next);
    files(old).stream()
        .filter(file -> !left.contains(file))
        .forEach(file -> edits.add(new Edit.RemovePart(file)));
    addParts(next, isAppended ? before.size() : 0);
  }

  private void addParts(TableState state, int from) {
    var current = state.current();
    for (int i = from; i < current.parts().size(); i++) {
      var file = current.parts().get(i).file();
      if (file != null) {
        edits.add(
            new Edit.SavePart(
                new Rows.Part(state.id(), i, file, current.number(), Long.MAX_VALUE)));
      }
    }
  }

  private void saveTable(TableState state, long expected) {
    var row = new Rows.Table(state.id(), name(state).toString(), state.current().number());
    edits.add(new Edit.SaveTable(row, expected));
  }

  private void saveVersion(TableState state, Version version) {
    var summary = version.summary();
    edits.add(
        new Edit.SaveVersion(
            new Rows.Version(
                state.id(),
                version.number(),
                summary.origin(),
                bytes(summary.schema()),
                summary.rows(),
                summary.bytes(),
                summary.batches(),
                summary.created(),
                summary.expires(),
                version.keepVersions())));
  }

  private static TableName name(TableState state) {
    return state.current().summary().name();
  }

  private static Set<Long> numbers(TableState state) {
    return state.versions().map(Version::number).collect(Collectors.toSet());
  }

  private static Set<String> files(TableState state) {
    var files = new HashSet<String>();
    state
        .versions()
        .flatMap(version -> version.parts().stream())
        .map(SharedPart::file)
        .forEach(file -> {
          if (file != null) {
            files.add(file.id());
          }
        });
    return files;
  }

  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
