package dev.hangar.store.check;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A schema as far as a batch can be held against it.
 *
 * <p>Immutable.
 *
 * @param version the {@code MetadataVersion} its batches must have too
 * @param columns what a record batch must hold
 * @param dictionaryIds the dictionaries' indices by their ids
 * @param dictionaries what a dictionary batch must hold, by index
 */
public record SchemaLayout(
    short version,
    BatchLayout columns,
    Map<Long, Integer> dictionaryIds,
    List<BatchLayout> dictionaries) {
  public SchemaLayout {
    dictionaryIds = Map.copyOf(dictionaryIds);
    dictionaries = List.copyOf(dictionaries);
  }

  /** The dictionary's index, or null if no field is encoded with it. */
  @Nullable Integer dictionary(long id) {
    return dictionaryIds.get(id);
  }

  /** The id of the dictionary with this index. */
  long dictionaryId(int index) {
    return dictionaryIds.entrySet().stream()
        .filter(entry -> entry.getValue() == index)
        .mapToLong(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }
}
