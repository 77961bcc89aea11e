package dev.hangar.query.file;

import dev.hangar.query.duckdb.DuckDb;
import dev.hangar.query.duckdb.Sql;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.DictionaryUtility;
import org.jspecify.annotations.Nullable;

/**
 * The Arrow schema a Parquet file was written from, which Arrow's writers keep in its metadata
 * under {@code ARROW:schema} as a base64 IPC message: what Parquet's own types can't say, such as
 * time zones and durations. A hint only: what doesn't fit the file is passed over. Immutable.
 */
public record StoredSchema(Schema schema) {
  private static final String KEY = "ARROW:schema";
  private static final ArrowType COUNT = new ArrowType.Int(Long.SIZE, true);

  /** What a file keeps; empty if it keeps none that can be read. */
  static Optional<StoredSchema> of(DuckDb db) throws SQLException {
    List<String> values =
        db.all(
            "SELECT decode(value) FROM parquet_kv_metadata(%s) WHERE decode(key) = %s"
                .formatted(db.pathLiteral(), Sql.literal(KEY)),
            row -> row.getString(1));
    return values.stream().findFirst().flatMap(StoredSchema::decoded);
  }

  private static Optional<StoredSchema> decoded(String base64) {
    try {
      byte[] message = Base64.getDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII));
      var channel = new ReadChannel(Channels.newChannel(new ByteArrayInputStream(message)));
      return Optional.of(new StoredSchema(MessageSerializer.deserializeSchema(channel)));
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // the file's own types are enough to read it
    }
  }

  /** What a file of these batches keeps. */
  static StoredSchema of(ArrowReader batches) throws IOException {
    Schema schema = batches.getVectorSchemaRoot().getSchema();
    Set<Long> dictionaries = new HashSet<>();
    List<Field> fields =
        schema.getFields().stream()
            .map(field -> DictionaryUtility.toMessageFormat(field, batches, dictionaries))
            .toList();
    return new StoredSchema(new Schema(fields, schema.getCustomMetadata()));
  }

  /** The schema as Parquet holds it: durations are their counts of units. */
  static Schema plain(Schema schema) {
    return new Schema(
        schema.getFields().stream().map(StoredSchema::plain).toList(), schema.getCustomMetadata());
  }

  private static Field plain(Field field) {
    return field.getType() instanceof ArrowType.Duration
        ? new Field(field.getName(), new FieldType(field.isNullable(), COUNT, null), List.of())
        : field;
  }

  /** The option of COPY that keeps it in the file. */
  String copyOption() throws IOException {
    var message = new ByteArrayOutputStream();
    MessageSerializer.serialize(new WriteChannel(Channels.newChannel(message)), schema);
    String base64 = Base64.getEncoder().encodeToString(message.toByteArray());
    return "KV_METADATA {%s: %s}".formatted(Sql.literal(KEY), Sql.literal(base64));
  }

  /** What to cast a column to that DuckDB reads as a wider type; empty to leave it. */
  Optional<String> cast(int column, String name, String duckDbType) {
    if (column >= schema.getFields().size()
        || !schema.getFields().get(column).getName().equals(name)) {
      return Optional.empty();
    }
    return switch (schema.getFields().get(column).getType()) {
      case ArrowType.Timestamp stamp when duckDbType.equals("TIMESTAMP") ->
          Optional.ofNullable(coarser(stamp.getUnit()));
      case ArrowType.FixedSizeList list when duckDbType.endsWith("[]") ->
          Optional.of(duckDbType.replaceFirst("\\[]$", "[" + list.getListSize() + "]"));
      default -> Optional.empty();
    };
  }

  private static @Nullable String coarser(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> "TIMESTAMP_S";
      case MILLISECOND -> "TIMESTAMP_MS";
      case MICROSECOND, NANOSECOND -> null;
    };
  }

  /** The schema of a file's batches with what this one says beyond it; the same layout. */
  public Schema applied(Schema read) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < read.getFields().size(); i++) {
      Field field = read.getFields().get(i);
      boolean isStored = i < schema.getFields().size();
      fields.add(isStored ? applied(field, schema.getFields().get(i)) : field);
    }
    return new Schema(fields, schema.getCustomMetadata());
  }

  private static Field applied(Field read, Field stored) {
    return read.getName().equals(stored.getName()) ? renamed(read, stored) : read;
  }

  private static Field renamed(Field read, Field stored) {
    ArrowType type =
        isSameLayout(read.getType(), stored.getType()) ? stored.getType() : read.getType();
    Map<String, String> metadata =
        type.equals(stored.getType()) ? stored.getMetadata() : read.getMetadata();
    return new Field(
        stored.getName(),
        new FieldType(read.isNullable(), type, read.getDictionary(), metadata),
        children(read, stored));
  }

  /** Parquet has names of its own for what is in a list or a map. */
  private static List<Field> children(Field read, Field stored) {
    boolean isSameKind =
        read.getType().getTypeID() == stored.getType().getTypeID()
            && read.getChildren().size() == stored.getChildren().size();
    if (!isSameKind) {
      return read.getChildren();
    }
    boolean isNamed = read.getType() instanceof ArrowType.Struct;
    List<Field> children = new ArrayList<>();
    for (int i = 0; i < read.getChildren().size(); i++) {
      Field mine = read.getChildren().get(i);
      Field theirs = stored.getChildren().get(i);
      children.add(isNamed ? applied(mine, theirs) : renamed(mine, theirs));
    }
    return children;
  }

  private static boolean isSameLayout(ArrowType read, ArrowType stored) {
    return switch (stored) {
      case ArrowType.Duration _ -> read.equals(COUNT);
      case ArrowType.Timestamp zoned ->
          read instanceof ArrowType.Timestamp stamp
              && stamp.getUnit() == zoned.getUnit()
              && (stamp.getTimezone() == null) == (zoned.getTimezone() == null);
      default -> false;
    };
  }
}
