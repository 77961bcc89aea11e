package dev.hangar.client;

import dev.hangar.wire.FlightData;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;

/** What can be told of a stream's message without reading it. */
final class StreamMessage {
  private static final long NO_ROWS = -1;

  /** Types nested deeper than this are not looked into. */
  private static final int DEPTH = 64;

  private StreamMessage() {}

  /** The rows of a record batch; -1 for any other message, and for what is none. */
  static long rows(FlightData data) {
    try {
      var message = message(data);
      return message.headerType() == MessageHeader.RecordBatch
          ? ((RecordBatch) message.header(new RecordBatch())).length()
          : NO_ROWS;
    } catch (IndexOutOfBoundsException malformed) {
      return NO_ROWS; // who reads it will say so
    }
  }

  /** Whether it is a schema. */
  static boolean isSchema(FlightData data) {
    try {
      return message(data).headerType() == MessageHeader.Schema;
    } catch (IndexOutOfBoundsException malformed) {
      return false;
    }
  }

  /** Whether a schema has columns that are encoded by dictionaries, or may have. */
  static boolean hasDictionaries(FlightData data) {
    try {
      var schema = (Schema) message(data).header(new Schema());
      for (int i = 0; i < schema.fieldsLength(); i++) {
        if (isEncoded(schema.fields(i), 0)) {
          return true;
        }
      }
      return false;
    } catch (IndexOutOfBoundsException malformed) {
      return true;
    }
  }

  private static boolean isEncoded(Field field, int depth) {
    if (field.dictionary() != null || depth == DEPTH) {
      return true;
    }
    for (int i = 0; i < field.childrenLength(); i++) {
      if (isEncoded(field.children(i), depth + 1)) {
        return true;
      }
    }
    return false;
  }

  private static Message message(FlightData data) {
    return Message.getRootAsMessage(data.header().slice());
  }
}
