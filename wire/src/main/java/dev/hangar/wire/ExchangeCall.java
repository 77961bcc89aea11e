package dev.hangar.wire;

import dev.hangar.wire.grpc.ClientStream;
import org.jspecify.annotations.Nullable;

/** Batches out and batches in, at the same time: one thread sends, another may receive. */
public final class ExchangeCall implements FlightSink, FlightSource {
  private final ClientStream<FlightData> stream;
  private boolean ended;

  ExchangeCall(ClientStream<FlightData> stream) {
    this.stream = stream;
  }

  @Override
  public void send(FlightData data) {
    stream.send(FlightDataEncoder.encode(data));
  }

  @Override
  public void sendWithNext(FlightData data) {
    stream.sendWithNext(FlightDataEncoder.encode(data));
  }

  /** Says that no more messages follow. */
  public void completed() {
    stream.halfClose();
  }

  @Override
  public @Nullable FlightData next() {
    FlightData data = stream.receive();
    ended |= data == null;
    return data;
  }

  @Override
  public void close() {
    if (!ended) {
      stream.cancel();
    }
    stream.abandon();
  }
}
