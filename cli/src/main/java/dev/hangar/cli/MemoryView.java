package dev.hangar.cli;

import dev.hangar.client.MemoryInfo;
import dev.hangar.client.MemoryInfo.TableMemory;
import dev.hangar.server.ByteSize;
import java.util.ArrayList;
import java.util.List;

/** What a server's memory is used for, as tables for people or as JSON. */
final class MemoryView {
  private final Session session;

  MemoryView(Session session) {
    this.session = session;
  }

  void print(MemoryInfo memory, boolean json) {
    if (json || !session.terminal().isOutput()) {
      session.out().println(memory.json());
      return;
    }
    var rows = new ArrayList<List<String>>();
    rows.add(row("tables in memory", memory.tables()));
    rows.add(row("answers kept", memory.results()));
    rows.add(row("files read and written", memory.files()));
    rows.add(row("transfers and statements in flight", memory.inFlight()));
    rows.add(row("waiting for reuse", memory.waiting()));
    rows.add(row("used of " + ByteSize.text(memory.limit()), memory.used()));
    rows.add(row("heap for metadata, of " + ByteSize.text(memory.heapLimit()), memory.heapUsed()));
    rows.add(row("mapped files, in no limit", memory.mapped()));
    print("memory", rows);
    if (!memory.largest().isEmpty()) {
      print("largest in memory", memory.largest().stream().map(MemoryView::row).toList());
    }
  }

  private void print(String title, List<List<String>> rows) {
    new Grid(List.of(title, "size"), List.of(false, true), rows)
        .print(session.terminal(), session.out());
  }

  private static List<String> row(TableMemory table) {
    return row(table.table(), table.bytes());
  }

  private static List<String> row(String what, long bytes) {
    return List.of(what, ByteSize.text(bytes));
  }
}
