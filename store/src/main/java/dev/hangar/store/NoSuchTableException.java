package dev.hangar.store;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** A name no table has. */
public final class NoSuchTableException extends StoreException {
  @Serial private static final long serialVersionUID = 1;

  private final transient TableName table;
  private final transient List<TableName> nearest;

  public NoSuchTableException(TableName table, List<TableName> nearest) {
    super("no table " + Quoted.of(table.toString()) + hint(nearest), null);
    this.table = table;
    this.nearest = List.copyOf(nearest);
  }

  /** The name asked for. */
  public TableName table() {
    return table;
  }

  /** Names that exist and look like it, the most alike first; at most three. */
  public List<TableName> nearest() {
    return nearest;
  }

  private static String hint(List<TableName> nearest) {
    if (nearest.isEmpty()) {
      return " and none with a name like it; list the tables to see what there is";
    }
    return nearest.stream()
        .map(name -> Quoted.of(name.toString()))
        .collect(Collectors.joining(", ", "; nearest: ", ""));
  }
}
