package dev.hangar.query.sql;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/** Which of Arrow's types DuckDB reads, as far as it does not say so itself before it reads. */
final class ReadableTypes {
  private ReadableTypes() {}

  /**
   * Whether it may be tried. Of dictionaries whose words are nested DuckDB makes vectors that are
   * too short, and ends; in unions it takes type ids for places. Fields without names make the rows
   * of which {@link GuardedTuples} tells, and Arrow's vectors have one field of each name.
   */
  static boolean isReadable(Field field) {
    boolean isNestedDictionary = field.getDictionary() != null && !field.getChildren().isEmpty();
    return !isNestedDictionary
        && !(field.getType() instanceof ArrowType.Union union && !arePlaces(union.getTypeIds()))
        && !(field.getType() instanceof ArrowType.Struct && !areNames(field.getChildren()))
        && field.getChildren().stream().allMatch(ReadableTypes::isReadable);
  }

  private static boolean areNames(List<Field> fields) {
    Set<String> names = fields.stream().map(Field::getName).collect(Collectors.toSet());
    return names.size() == fields.size() && !names.contains("");
  }

  private static boolean arePlaces(int[] ids) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] != i) {
        return false;
      }
    }
    return true;
  }

  /** A type in Arrow's words, with those of its children. */
  static String text(Field field) {
    String type =
        field.getType()
            + field.getChildren().stream()
                .map(child -> child.getName() + ": " + text(child))
                .collect(Collectors.joining(", ", "<", ">"))
                .replace("<>", "");
    return field.getDictionary() == null ? type : "Dictionary of " + type;
  }
}
