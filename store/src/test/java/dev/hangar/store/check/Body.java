package dev.hangar.store.check;

import dev.hangar.store.ArrowStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.vector.types.pojo.Field;

/** A batch written buffer by buffer, its metadata following what is in the body. */
final class Body {
  private final Header header;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** A batch of {@code rows}, its first field node without nulls. */
  Body(long rows) {
    this(rows, 0);
  }

  Body(long rows, long nulls) {
    header = new Header(rows).node(rows, nulls);
  }

  Body node(long length, long nulls) {
    header.node(length, nulls);
    return this;
  }

  Body variadic(long... counts) {
    header.variadic(counts);
    return this;
  }

  Body codec(int codec) {
    header.codec(codec);
    return this;
  }

  Body none() {
    return bytes();
  }

  Body bytes(int... values) {
    var buffer = ByteBuffer.allocate(values.length);
    for (int value : values) {
      buffer.put((byte) value);
    }
    return buffer(buffer);
  }

  Body ints(int... values) {
    var buffer = ByteBuffer.allocate(Integer.BYTES * values.length);
    buffer.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(values);
    return buffer(buffer);
  }

  Body longs(long... values) {
    var buffer = ByteBuffer.allocate(Long.BYTES * values.length);
    buffer.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(values);
    return buffer(buffer);
  }

  /** Numbers of {@code width} bytes. */
  Body numbers(int width, long... values) {
    var buffer = ByteBuffer.allocate(width * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      buffer.put(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value).limit(width));
    }
    return buffer(buffer);
  }

  private Body buffer(ByteBuffer buffer) {
    header.buffer(bytes.size(), buffer.capacity());
    bytes.writeBytes(buffer.array());
    bytes.writeBytes(new byte[-bytes.size() & 7]);
    return this;
  }

  long check(Field... fields) {
    return check(new BatchCheck(SchemaCheck.layout(ArrowStream.schema(fields))));
  }

  long check(BatchCheck check) {
    return check.check(header.body(bytes.size()).recordBatch(), body());
  }

  void dictionary(BatchCheck check, long id, boolean isDelta) {
    check.check(header.body(bytes.size()).dictionaryBatch(id, isDelta), body());
  }

  private ByteBuffer body() {
    return ByteBuffer.allocateDirect(bytes.size()).put(bytes.toByteArray()).flip();
  }
}
