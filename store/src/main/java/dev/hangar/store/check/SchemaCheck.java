package dev.hangar.store.check;

import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Limits;
import dev.hangar.store.Quoted;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.arrow.flatbuf.DictionaryKind;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Schema;
import org.jspecify.annotations.Nullable;

/**
 * One walk through a schema message from a stranger (Arrow {@code Schema.fbs}, {@code
 * Message.fbs}).
 *
 * <p>Every offset in a flatbuffer is data: it may point outside, which the buffer's own bounds
 * catch; back to where it came from, which {@link Limits#SCHEMA_DEPTH} ends; or many times to the
 * same place, which {@code unvisited} ends: a small message must not grow into a large layout.
 */
public final class SchemaCheck {
  /** Bytes no field, metadata entry or type id of a legal schema takes less than. */
  private static final int LEAST_BYTES = 4;

  private final int bytes;
  private final Map<Long, Integer> dictionaryIds = new HashMap<>();
  private final List<FieldLayout> dictionaries = new ArrayList<>();
  private boolean unionsHaveValidity;
  private int fields;
  private int unvisited;

  private SchemaCheck(int bytes) {
    this.bytes = bytes;
    this.unvisited = bytes / LEAST_BYTES;
  }

  /**
   * The layout that batches under this schema must have.
   *
   * @param message a bare IPC {@code Message}; left as it is
   * @throws InvalidDataException if it is not what it claims to be
   */
  public static SchemaLayout layout(ByteBuffer message) {
    int bytes = message.remaining();
    if (bytes > Limits.METADATA_BYTES) {
      throw refused("%d bytes are more than %d".formatted(bytes, Limits.METADATA_BYTES));
    }
    try {
      var own = message.slice().order(ByteOrder.LITTLE_ENDIAN);
      return new SchemaCheck(bytes).message(Message.getRootAsMessage(own));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new InvalidDataException(
          "schema: its %d bytes are damaged, an offset points outside them".formatted(bytes), e);
    }
  }

  private SchemaLayout message(Message message) {
    short version = message.version();
    if (version != MetadataVersion.V4 && version != MetadataVersion.V5) {
      throw refused("metadata version %d is neither V4 (3) nor V5 (4)".formatted(version));
    }
    if (message.headerType() != MessageHeader.Schema
        || !(message.header(new Schema()) instanceof Schema schema)) {
      throw refused("the message is not a schema (header type %d)".formatted(message.headerType()));
    }
    unionsHaveValidity = version == MetadataVersion.V4;
    checkEntries(message.customMetadataLength(), message::customMetadata);
    return schema(version, schema);
  }

  private SchemaLayout schema(short version, Schema schema) {
    if (schema.endianness() != Endianness.Little) {
      throw refused("its data is big endian; write it little endian");
    }
    if (schema.fieldsVector() == null) {
      throw refused("it has no list of fields");
    }
    checkEntries(schema.customMetadataLength(), schema::customMetadata);
    var columns = children(schema.fieldsLength(), schema::fields, 1);
    var layouts = dictionaries.stream().map(values -> BatchLayout.of(List.of(values))).toList();
    return new SchemaLayout(version, BatchLayout.of(columns), dictionaryIds, layouts);
  }

  private List<FieldLayout> children(int count, IntFunction<Field> child, int depth) {
    var layouts = new ArrayList<FieldLayout>();
    for (int i = 0; i < count; i++) {
      layouts.add(field(child.apply(i), depth));
    }
    return List.copyOf(layouts);
  }

  private FieldLayout field(Field field, int depth) {
    visit();
    var name = text(field.nameAsByteBuffer());
    if (depth > Limits.SCHEMA_DEPTH) {
      throw refused("field %s lies deeper than %d".formatted(Quoted.of(name), Limits.SCHEMA_DEPTH));
    }
    if (++fields > Limits.SCHEMA_FIELDS) {
      throw refused("more than %d fields".formatted(Limits.SCHEMA_FIELDS));
    }
    checkEntries(field.customMetadataLength(), field::customMetadata);
    var type = new TypeCheck(field, name);
    type.checkChildren();
    var values = values(field, type, name, depth);
    return field.dictionary() == null ? values : encoded(field, type, values);
  }

  private FieldLayout values(Field field, TypeCheck type, String name, int depth) {
    var form = type.form();
    boolean hasValidity = form.hasValidity(unionsHaveValidity);
    var children = children(field.childrenLength(), field::children, depth + 1);
    return new FieldLayout(
        name, form, type.width(), hasValidity, false, type.typeIds(), FieldLayout.NONE, children);
  }

  /** A field that holds indices; its type and children are those of the dictionary's values. */
  private FieldLayout encoded(Field field, TypeCheck type, FieldLayout values) {
    var encoding = field.dictionary();
    if (encoding.dictionaryKind() != DictionaryKind.DenseArray) {
      throw refused("dictionary %d is of an unknown kind".formatted(encoding.id()));
    }
    int dictionary = dictionary(encoding.id(), values);
    return new FieldLayout(
        values.name(),
        Form.FIXED,
        type.indexBytes(),
        true,
        type.isIndexUnsigned(),
        List.of(),
        dictionary,
        List.of());
  }

  private int dictionary(long id, FieldLayout values) {
    var known = dictionaryIds.putIfAbsent(id, dictionaries.size());
    if (known == null) {
      dictionaries.add(values);
      return dictionaries.size() - 1;
    }
    if (!dictionaries.get(known).fits(values)) {
      throw refused(
          "fields %s and %s share dictionary %d but not its type"
              .formatted(Quoted.of(dictionaries.get(known).name()), Quoted.of(values.name()), id));
    }
    return known;
  }

  /** Key and value of every entry; nothing of them is kept. */
  private void checkEntries(int count, IntFunction<KeyValue> entry) {
    for (int i = 0; i < count; i++) {
      visit();
      var pair = entry.apply(i);
      if (pair.keyAsByteBuffer() == null || pair.valueAsByteBuffer() == null) {
        throw refused("metadata entry %d has no key or no value".formatted(i));
      }
    }
  }

  private void visit() {
    if (--unvisited < 0) {
      throw refused("it speaks of more fields and entries than its %d bytes hold".formatted(bytes));
    }
  }

  /** The beginning of a name, for messages; bytes that are no UTF-8 do not matter there. */
  private static String text(@Nullable ByteBuffer utf8) {
    if (utf8 == null) {
      return "";
    }
    int kept = Math.min(utf8.remaining(), Limits.QUOTED_CHARS);
    return StandardCharsets.UTF_8.decode(utf8.slice(utf8.position(), kept)).toString();
  }

  private static InvalidDataException refused(String what) {
    return new InvalidDataException("schema: " + what);
  }
}
