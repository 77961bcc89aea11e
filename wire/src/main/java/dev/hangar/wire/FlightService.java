package dev.hangar.wire;

import com.google.protobuf.ByteString;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a server does for each Flight method. Methods not overridden answer UNIMPLEMENTED.
 *
 * <p>Each call has a thread of its own, which may block; the call ends when the method returns or
 * throws. A {@link StatusException} is the status the caller gets; for others the server decides
 * ({@link FlightServer.Builder#statuses}). Sources and sinks are valid until the method returns.
 */
public interface FlightService {
  /**
   * Exchanges credentials; {@code in} gives the payloads the caller sends, {@code out} takes those
   * to answer.
   */
  default void handshake(CallContext call, HandshakeSource in, Consumer<ByteString> out) {
    throw unimplemented("Handshake");
  }

  /** The flights there are; the meaning of {@code criteria} is the service's. */
  default void listFlights(CallContext call, ByteString criteria, Consumer<FlightInfo> out) {
    throw unimplemented("ListFlights");
  }

  /** How to fetch what {@code descriptor} names. */
  default FlightInfo getFlightInfo(CallContext call, FlightDescriptor descriptor) {
    throw unimplemented("GetFlightInfo");
  }

  /** How far a flight is. */
  default PollInfo pollFlightInfo(CallContext call, FlightDescriptor descriptor) {
    throw unimplemented("PollFlightInfo");
  }

  /** The schema of what {@code descriptor} names, as an encapsulated IPC message. */
  default ByteString getSchema(CallContext call, FlightDescriptor descriptor) {
    throw unimplemented("GetSchema");
  }

  /** Streams what {@code ticket} stands for. */
  default void doGet(CallContext call, Ticket ticket, FlightSink out) {
    throw unimplemented("DoGet");
  }

  /** Takes an upload; {@code out} takes the application metadata of acknowledgements. */
  default void doPut(CallContext call, FlightSource in, Acknowledgements out) {
    throw unimplemented("DoPut");
  }

  /** Batches in, batches out. */
  default void doExchange(CallContext call, FlightSource in, FlightSink out) {
    throw unimplemented("DoExchange");
  }

  /** Performs an action; {@code out} takes the bodies of its results. */
  default void doAction(CallContext call, Action action, Consumer<ByteString> out) {
    throw unimplemented("DoAction");
  }

  /** The actions there are. */
  default List<ActionType> listActions(CallContext call) {
    throw unimplemented("ListActions");
  }

  private static StatusException unimplemented(String method) {
    return new StatusException(StatusCode.UNIMPLEMENTED, method + " is not offered by this server");
  }
}
