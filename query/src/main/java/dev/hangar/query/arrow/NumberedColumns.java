package dev.hangar.query.arrow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Columns known to SQL by number: Arrow's names may be the same twice, and SQL takes names for the
 * same that differ in case only.
 */
public final class NumberedColumns {
  private static final String EXTENSION = "ARROW:extension:name";

  /** Of extension types the one that SQL has a type for whose values look different there. */
  private static final String UUID = "arrow.uuid";

  private NumberedColumns() {}

  /** The column at {@code index} as a SQL identifier. */
  public static String at(int index) {
    return "c" + index;
  }

  /** The schema with its columns' names replaced, and without what SQL has no use for. */
  public static Schema of(Schema schema) {
    List<Field> fields = new ArrayList<>();
    for (Field field : schema.getFields()) {
      fields.add(field(at(fields.size()), field));
    }
    return new Schema(fields);
  }

  /** DuckDB refuses some extension types that are none of its own. */
  private static Field field(String name, Field field) {
    Map<String, String> metadata =
        UUID.equals(field.getMetadata().get(EXTENSION)) ? field.getMetadata() : Map.of();
    var type = new FieldType(field.isNullable(), field.getType(), field.getDictionary(), metadata);
    List<Field> children =
        field.getChildren().stream().map(child -> field(child.getName(), child)).toList();
    return new Field(name, type, children);
  }
}
