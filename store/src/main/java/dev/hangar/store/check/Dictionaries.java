package dev.hangar.store.check;

import dev.hangar.store.Quoted;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The dictionaries of one stream as they are now: which have come, how many values each has, and
 * how far the values of one point into another.
 *
 * <p>Spoken of by their index in the {@link SchemaLayout}. For one thread.
 */
final class Dictionaries {
  private static final long NOT_COME = -1;

  private final SchemaLayout schema;
  private final long[] lengths;

  /** The highest index into another by the dictionary that holds it and the one it is into. */
  private final Map<Integer, Map<Integer, Long>> reaches = new HashMap<>();

  /** Those that values of others point into; some writers send the outer one first. */
  private final BitSet owed = new BitSet();

  private boolean isSettled = true;

  Dictionaries(SchemaLayout schema) {
    this.schema = schema;
    this.lengths = new long[schema.dictionaries().size()];
    Arrays.fill(lengths, NOT_COME);
  }

  boolean isKnown(int index) {
    return lengths[index] != NOT_COME;
  }

  /** Its values, negative if it has not come. */
  long length(int index) {
    return lengths[index];
  }

  /**
   * Takes in a batch of values.
   *
   * @param reach the highest index its values hold into each other dictionary
   * @param needed the other dictionaries its values cannot do without
   */
  void put(int index, long length, boolean isDelta, Map<Integer, Long> reach, BitSet needed) {
    lengths[index] = isDelta ? lengths[index] + length : length;
    if (!isDelta) {
      reaches.remove(index);
    }
    for (var entry : reach.entrySet()) {
      reaches
          .computeIfAbsent(index, key -> new HashMap<>())
          .merge(entry.getKey(), entry.getValue(), Math::max);
    }
    owed.or(needed);
    isSettled = false;
  }

  /** What has to be true when values come: none of the dictionaries points at what is not there. */
  void settle(Place place) {
    if (!isSettled) {
      requireKnown(owed, place);
      reaches.forEach(
          (outer, reach) -> reach.forEach((into, most) -> within(outer, into, most, place)));
      isSettled = true;
    }
  }

  /** A column without values needs no dictionary, and some writers send none then. */
  void requireKnown(BitSet needed, Place place) {
    for (int i = needed.nextSetBit(0); i >= 0; i = needed.nextSetBit(i + 1)) {
      if (!isKnown(i)) {
        throw place.refused(
            "dictionary %d of field %s has not come before it", schema.dictionaryId(i), name(i));
      }
    }
  }

  private void within(int outer, int into, long most, Place place) {
    if (most >= lengths[into]) {
      throw place.refused(
          "dictionary %d of field %s has the index %d into dictionary %d of %d values",
          schema.dictionaryId(outer), name(outer), most, schema.dictionaryId(into), lengths[into]);
    }
  }

  private String name(int index) {
    return Quoted.of(schema.dictionaries().get(index).columns().get(0).name());
  }
}
