package dev.hangar.wire;

import dev.hangar.wire.grpc.ClientStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The answers of a call, one by one. One thread at a time.
 *
 * @param <A> an answer
 */
public final class Answers<A> implements AutoCloseable {
  private final ClientStream<byte[]> stream;
  private final Function<byte[], A> parser;
  private boolean ended;

  Answers(ClientStream<byte[]> stream, Function<byte[], A> parser) {
    this.stream = stream;
    this.parser = parser;
  }

  /**
   * The next answer; null behind the last. Blocks.
   *
   * @throws dev.hangar.wire.grpc.StatusException the call failed
   */
  public @Nullable A next() {
    byte[] message = stream.receive();
    ended |= message == null;
    return message == null ? null : parser.apply(message);
  }

  /** Cancels the call, if it has not been read to its end. */
  @Override
  public void close() {
    if (!ended) {
      stream.cancel();
    }
  }
}
