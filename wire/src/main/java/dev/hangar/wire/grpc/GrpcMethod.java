package dev.hangar.wire.grpc;

import java.util.function.Supplier;

/**
 * A method that a server offers.
 *
 * @param path as HTTP/2 has it: {@code /package.Service/Method}
 * @param streamsRequests whether its handler runs before the caller has sent anything
 * @param decoder makes one decoder for each call
 */
public record GrpcMethod<M>(
    String path, boolean streamsRequests, Supplier<MessageDecoder<M>> decoder, Handler<M> handler) {

  /** Blocking code that serves one call; what it throws becomes the call's status. */
  public interface Handler<M> {
    void handle(ServerStream<M> call) throws Exception;
  }
}
