package dev.hangar.wire;

import java.util.List;

/**
 * The actions that Flight itself defines, with their descriptions: what their bodies are is
 * Flight's to say, the same for every service.
 */
public final class StandardActions {
  /** {@link CancelFlightInfoRequest} to {@link CancelFlightInfoResult}. */
  public static final ActionType CANCEL_FLIGHT_INFO =
      new ActionType("CancelFlightInfo", "Ends a flight; its tickets are then worth nothing.");

  /** {@link RenewFlightEndpointRequest} to {@link FlightEndpoint}. */
  public static final ActionType RENEW_FLIGHT_ENDPOINT =
      new ActionType("RenewFlightEndpoint", "Lets an endpoint's ticket be redeemed for longer.");

  /** {@link SessionOptions} to {@link SetSessionOptionsResult}. */
  public static final ActionType SET_SESSION_OPTIONS =
      new ActionType("SetSessionOptions", "Sets or removes options of the caller's session.");

  /** Nothing to {@link SessionOptions}. */
  public static final ActionType GET_SESSION_OPTIONS =
      new ActionType("GetSessionOptions", "Tells the options of the caller's session.");

  /** Nothing to {@link CloseSessionResult}. */
  public static final ActionType CLOSE_SESSION =
      new ActionType("CloseSession", "Ends the caller's session and forgets its options.");

  /** All of them, in the order that Flight's own test clients expect. */
  public static final List<ActionType> ALL =
      List.of(
          CANCEL_FLIGHT_INFO,
          RENEW_FLIGHT_ENDPOINT,
          SET_SESSION_OPTIONS,
          GET_SESSION_OPTIONS,
          CLOSE_SESSION);

  private StandardActions() {}
}
