package dev.hangar.store.check;

/**
 * The buffers of one field and the fields under it (Arrow columnar format, "Buffer Listing for Each
 * Layout"). What {@code width} means is said at each.
 */
enum Form {
  /** No buffers. */
  NULL,
  /** Validity, one bit for each value. */
  BITS,
  /** Validity, values of {@code width} bytes. */
  FIXED,
  /** Validity, offsets of {@code width} bytes, bytes. */
  VARIABLE,
  /** Validity, views of {@code width} bytes, any number of byte buffers. */
  VIEW,
  /** Validity, offsets of {@code width} bytes; one child. */
  LIST,
  /** Validity, offsets and sizes of {@code width} bytes; one child. */
  LIST_VIEW,
  /** Validity; one child with {@code width} values for each list. */
  FIXED_SIZE_LIST,
  /** Validity; any number of children as long as it. */
  STRUCT,
  /** Type ids of one byte; children as long as it. */
  SPARSE_UNION,
  /** Type ids of one byte, offsets of {@code width} bytes; children of any length. */
  DENSE_UNION,
  /** No buffers; the run ends and the values. */
  RUN_END_ENCODED;

  /** Whether one field of this form begins with a validity buffer: unions lost theirs in V5. */
  boolean hasValidity(boolean unionsHaveValidity) {
    return switch (this) {
      case NULL, RUN_END_ENCODED -> false;
      case SPARSE_UNION, DENSE_UNION -> unionsHaveValidity;
      case BITS, FIXED, VARIABLE, VIEW, LIST, LIST_VIEW, FIXED_SIZE_LIST, STRUCT -> true;
    };
  }

  /** Buffers besides validity and those a view counts for itself. */
  int dataBuffers() {
    return switch (this) {
      case NULL, RUN_END_ENCODED, STRUCT, FIXED_SIZE_LIST -> 0;
      case BITS, FIXED, VIEW, LIST, SPARSE_UNION -> 1;
      case VARIABLE, LIST_VIEW, DENSE_UNION -> 2;
    };
  }
}
