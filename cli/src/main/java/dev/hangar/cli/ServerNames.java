package dev.hangar.cli;

import dev.hangar.client.Hangar;
import dev.hangar.client.TableInfo;
import dev.hangar.wire.grpc.StatusException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.arrow.vector.types.pojo.Field;

/** Names that a server has, as they were a moment ago. For one thread. */
final class ServerNames {
  /** Asked again after this: somebody who types should see what was put meanwhile. */
  private static final long FRESH_NANOS = 5_000_000_000L;

  private final Hangar hangar;
  private final LongSupplier nanoClock;
  private final Map<String, List<String>> columns = new HashMap<>();
  private List<String> tables = List.of();
  private long asked;
  private boolean isAsked;

  /**
   * @param hangar with a deadline that somebody who types is ready to wait for
   */
  ServerNames(Hangar hangar, LongSupplier nanoClock) {
    this.hangar = hangar;
    this.nanoClock = nanoClock;
  }

  /** Those of tables; none where the server does not answer. */
  List<String> tables() {
    refresh();
    return tables;
  }

  /** Those of a table's columns; none where there is no such table. */
  List<String> columns(String table) {
    refresh();
    return columns.computeIfAbsent(table, this::ask);
  }

  private void refresh() {
    long now = nanoClock.getAsLong();
    if (isAsked && now - asked < FRESH_NANOS) {
      return;
    }
    isAsked = true;
    asked = now;
    columns.clear();
    try {
      tables = hangar.list().stream().map(TableInfo::name).toList();
    } catch (StatusException e) {
      tables = List.of(); // a statement will say what is wrong
    }
  }

  private List<String> ask(String table) {
    try {
      return hangar.schema(table).getFields().stream().map(Field::getName).toList();
    } catch (StatusException e) {
      return List.of(); // no table, or one that Java can't read
    }
  }
}
