package dev.hangar.interop;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What a client and a server have to agree on: the scenarios of Arrow's own integration tests, as
 * far as they are of Flight. Each plays against a server of its own.
 */
enum Scenario {
  /**
   * Puts tables of every type under a PATH descriptor, each batch with its number as application
   * metadata, which is acknowledged; describes them, and gets them from each location of each
   * endpoint. Our server is the whole Hangar here.
   */
  DATA("data"),
  /**
   * An action without a token is UNAUTHENTICATED; a handshake with a BasicAuth message answers a
   * token, and with it as {@code auth-token-bin} an action answers the caller's name.
   */
  AUTH("auth:basic_proto"),
  /**
   * The header {@code x-middleware} comes back, from GetFlightInfo of the command {@code success},
   * and from that of the command of no bytes, which fails with UNKNOWN.
   */
  MIDDLEWARE("middleware"),
  /** Arrow C++ reads batches at the alignment it was told, wherever their bodies came to lie. */
  ALIGNMENT("alignment"),
  /** Three endpoints without locations, ordered: 1, 2, 3, then ten and a hundred times that. */
  ORDERED("ordered"),
  /** Three endpoints with a number each, the last two with an expiration: these are read again. */
  EXPIRATION_DO_GET("expiration_time:do_get"),
  /** The actions are CancelFlightInfo and RenewFlightEndpoint, in this order. */
  EXPIRATION_LIST_ACTIONS("expiration_time:list_actions"),
  /** A flight that was cancelled cannot be read. */
  EXPIRATION_CANCEL("expiration_time:cancel_flight_info"),
  /** An endpoint that was renewed expires later. */
  EXPIRATION_RENEW("expiration_time:renew_flight_endpoint"),
  /** The one location says that the connection may be reused. */
  REUSE_CONNECTION("location:reuse_connection"),
  /** Options are set, refused, told and removed in a session, which a cookie holds together. */
  SESSION_OPTIONS("session_options"),
  /** The first answer has a descriptor, a progress and an expiration, the second is the last. */
  POLL("poll_flight_info"),
  /** Flight and endpoint carry application metadata. */
  APP_METADATA("app_metadata_flight_info_endpoint"),
  /** Four batches come back one by one, two with application metadata and two without. */
  ECHO("do_exchange:echo");

  static final String USER = "arrow";
  static final String PASSWORD = "flight";
  static final String HEADER = "x-middleware";
  static final String HEADER_VALUE = "expected value";
  static final String SUCCESS = "success";
  static final String ALIGNED_TICKET = "align-data";
  static final String REUSE_URI = "arrow-flight-reuse-connection://?";
  static final List<Duration> EXPIRATIONS = List.of(Duration.ofMinutes(5), Duration.ofMinutes(6));
  static final Duration RENEWED = Duration.ofHours(1);
  static final String HEAVY = "heavy query";
  static final String POLLED = "poll";
  static final int ECHOES = 4;

  /** An option that cannot be, and a value that none can have. */
  static final String INVALID_OPTION = "lol_invalid";

  /** Strings that a careless peer would trim, split or decode. */
  static final List<String> LIST = List.of("a", "b", " ", "", "  ", "c, d; e", "å", "飛行機");

  static final String NO_LIST = "not a list any more; å 飛行機";

  /** The options a session has at first, once the refused ones are left out. */
  static final Map<String, Object> OPTIONS =
      Map.of("foolong", 123L, "bardouble", 456.0, "big_ol_string_list", LIST);

  /** The options refused, each for another reason. */
  static final String INVALID_NAME = INVALID_OPTION;

  static final String INVALID_VALUE = "key_with_invalid_value";

  /** The numbers of the three endpoints of {@link #ORDERED}. */
  static final List<Integer> ORDERED_NUMBERS = List.of(1, 2, 3, 10, 20, 30, 100, 200, 300);

  private final String title;

  Scenario(String title) {
    this.title = title;
  }

  /** Its name in Arrow's integration tests, and the word that peers know it by. */
  String title() {
    return title;
  }

  boolean isAboutExpiration() {
    return title.startsWith("expiration_time:");
  }

  /** The numbers behind one ticket of {@link #ORDERED}. */
  static int[] ordered(int ticket) {
    return ORDERED_NUMBERS.subList(3 * ticket - 3, 3 * ticket).stream()
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The metadata of a batch of {@link #ECHO}; null for none. */
  static String echoMetadata(int batch) {
    return batch % 2 == 0 ? Integer.toString(batch) : null;
  }

  @Override
  public String toString() {
    return title;
  }

  /** The longest name. */
  static int width() {
    return Arrays.stream(values()).mapToInt(s -> s.title.length()).max().orElseThrow();
  }
}
