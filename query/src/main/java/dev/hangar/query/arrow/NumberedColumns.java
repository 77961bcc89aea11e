package dev.hangar.query.arrow;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Columns known to SQL by number: Arrow's names may be the same twice, and SQL takes names for the
 * same that differ in case only.
 */
public final class NumberedColumns {
  private NumberedColumns() {}

  /** The column at {@code index} as a SQL identifier. */
  public static String at(int index) {
    return "c" + index;
  }

  /** The schema with its columns' names replaced. */
  public static Schema of(Schema schema) {
    List<Field> fields = new ArrayList<>();
    for (Field field : schema.getFields()) {
      var type = new FieldType(field.isNullable(), field.getType(), field.getDictionary());
      fields.add(new Field(at(fields.size()), type, field.getChildren()));
    }
    return new Schema(fields);
  }
}
