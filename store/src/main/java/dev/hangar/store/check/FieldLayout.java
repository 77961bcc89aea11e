package dev.hangar.store.check;

import java.util.List;

/**
 * What a batch must hold for one field: one field node, its buffers, and its children's.
 *
 * <p>Immutable.
 *
 * @param name cut to a length fit for messages; not unique
 * @param width what the form says it means
 * @param hasValidity whether the first buffer is a validity bitmap
 * @param isUnsigned whether indices into a dictionary are
 * @param typeIds of a union, for each child the type id that stands for it
 * @param dictionary index of the dictionary its values are indices into, or {@link #NONE}
 */
record FieldLayout(
    String name,
    Form form,
    int width,
    boolean hasValidity,
    boolean isUnsigned,
    List<Integer> typeIds,
    int dictionary,
    List<FieldLayout> children) {
  static final int NONE = -1;

  FieldLayout {
    typeIds = List.copyOf(typeIds);
    children = List.copyOf(children);
  }

  boolean isEncoded() {
    return dictionary != NONE;
  }

  /** Whether the bytes of one could be read as the other: equal but for the names. */
  boolean fits(FieldLayout other) {
    if (form != other.form
        || width != other.width
        || isUnsigned != other.isUnsigned
        || !typeIds.equals(other.typeIds)
        || dictionary != other.dictionary
        || children.size() != other.children.size()) {
      return false;
    }
    for (int i = 0; i < children.size(); i++) {
      if (!children.get(i).fits(other.children.get(i))) {
        return false;
      }
    }
    return true;
  }
}
