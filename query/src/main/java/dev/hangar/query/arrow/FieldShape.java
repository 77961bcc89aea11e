package dev.hangar.query.arrow;

import java.util.List;
import org.apache.arrow.vector.BufferLayout;
import org.apache.arrow.vector.BufferLayout.BufferType;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * How a field lies in messages: one node, its buffers, then its children (Arrow columnar format,
 * "RecordBatch message").
 *
 * @param type of what lies there: of an encoded field that of its codes
 * @param buffers those it has in every message
 * @param isView whether there are more, as many as the message says
 * @param isEncoded whether its values are in a dictionary
 * @param children none where it is encoded
 */
public record FieldShape(
    ArrowType type,
    List<BufferLayout> buffers,
    boolean isView,
    boolean isEncoded,
    List<FieldShape> children) {
  private static final int VIEW_BITS = 128;

  /** What lies as values without bytes do, of which Arrow's library has no layout. */
  private static final ArrowType ONE_BYTE = new ArrowType.FixedSizeBinary(1);

  /** That of a field as messages have it. */
  public static FieldShape of(Field field) {
    boolean isEncoded = field.getDictionary() != null;
    ArrowType type = isEncoded ? field.getDictionary().getIndexType() : field.getType();
    return new FieldShape(
        type,
        TypeLayout.getTypeLayout(isNothing(type) ? ONE_BYTE : type).getBufferLayouts(),
        type instanceof ArrowType.Utf8View || type instanceof ArrowType.BinaryView,
        isEncoded,
        isEncoded ? List.of() : field.getChildren().stream().map(FieldShape::of).toList());
  }

  private static boolean isNothing(ArrowType type) {
    return type instanceof ArrowType.FixedSizeBinary binary && binary.getByteWidth() == 0;
  }

  /** Whether there are dictionaries in it. */
  public boolean hasDictionary() {
    return isEncoded || children.stream().anyMatch(FieldShape::hasDictionary);
  }

  /** Whether its first buffer says which values are null. */
  public boolean hasValidity() {
    return !buffers.isEmpty() && buffers.getFirst().getType() == BufferType.VALIDITY;
  }

  /** How many bits a value takes, of a field whose values lie in one buffer; else 0. */
  public int valueBits() {
    boolean isOne = buffers.size() == 2 && hasValidity() && children.isEmpty() && !isNothing(type);
    return !isOne ? 0 : isView ? VIEW_BITS : buffers.get(1).getTypeBitWidth();
  }

  /** How many bytes an offset takes, of a field whose values have any length; else 0. */
  public int offsetBytes() {
    boolean areAnyLength = buffers.size() == 3 && children.isEmpty();
    return areAnyLength ? buffers.get(1).getTypeBitWidth() / Byte.SIZE : 0;
  }
}
