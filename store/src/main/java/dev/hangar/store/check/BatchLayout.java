package dev.hangar.store.check;

import java.util.List;

/**
 * What the metadata of one batch must count: a table's columns, or the one column of a dictionary.
 *
 * @param nodes field nodes, one for each field at any depth
 * @param buffers buffers besides those that views count for themselves
 * @param views fields that do so
 */
record BatchLayout(List<FieldLayout> columns, int nodes, int buffers, int views) {
  static BatchLayout of(List<FieldLayout> columns) {
    var count = new Count();
    columns.forEach(count::add);
    return new BatchLayout(List.copyOf(columns), count.nodes, count.buffers, count.views);
  }

  private static final class Count {
    private int nodes;
    private int buffers;
    private int views;

    private void add(FieldLayout field) {
      nodes++;
      buffers += field.form().dataBuffers() + (field.hasValidity() ? 1 : 0);
      views += field.form() == Form.VIEW ? 1 : 0;
      field.children().forEach(this::add);
    }
  }
}
