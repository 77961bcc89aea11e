package dev.hangar.interop;

import dev.hangar.interop.Cell.Side;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What the peers' libraries, and ours, do not offer, each with its reason: cells that are not
 * played, and tables that are not put. All else in the matrix has to hold.
 */
final class NotOffered {
  private static final String ALIGNMENT =
      "the alignment to read at is an option of Arrow C++ alone";
  private static final String NO_POLL = "pyarrow has no PollFlightInfo";
  private static final String NO_PYARROW_SESSIONS = "pyarrow has no sessions and no cookies";
  private static final String NO_RUST_SESSIONS = "the arrow-flight crate has no session messages";
  private static final String NO_TABLES = "Hangar has names and tables, and no call of this kind";

  private static final String NO_JAVASCRIPT_CALL =
      "the JavaScript client has no such call, and its messages are its own";
  private static final String NO_JAVASCRIPT_HEADERS =
      "the JavaScript client does not show the headers of answers, and keeps no cookies";
  static final String NO_JAVASCRIPT_SERVER = "there is no Flight server in JavaScript";

  private static final Map<Peer, Map<Scenario, String>> REASONS =
      Map.of(
          Peer.PYARROW,
          Map.of(
              Scenario.POLL, NO_POLL,
              Scenario.SESSION_OPTIONS, NO_PYARROW_SESSIONS),
          Peer.GO,
          Map.of(Scenario.ALIGNMENT, ALIGNMENT),
          Peer.RUST,
          Map.of(
              Scenario.ALIGNMENT, ALIGNMENT,
              Scenario.SESSION_OPTIONS, NO_RUST_SESSIONS),
          Peer.FLIGHT_CORE,
          Map.of(Scenario.ALIGNMENT, ALIGNMENT),
          Peer.JAVASCRIPT,
          Map.of(
              Scenario.ALIGNMENT,
              ALIGNMENT,
              Scenario.MIDDLEWARE,
              NO_JAVASCRIPT_HEADERS,
              Scenario.SESSION_OPTIONS,
              NO_JAVASCRIPT_HEADERS,
              Scenario.EXPIRATION_CANCEL,
              NO_JAVASCRIPT_CALL,
              Scenario.EXPIRATION_RENEW,
              NO_JAVASCRIPT_CALL,
              Scenario.ECHO,
              NO_JAVASCRIPT_CALL));

  /** Metadata that is not UTF-8, which pyarrow alone writes and reads. */
  private static final Set<String> NOT_UTF_8 =
      Set.of(
          "empty_batches_between",
          "no_batches",
          "one_batch_of_no_rows",
          "schema_and_field_metadata_equal_names");

  /** What Arrow's Java library cannot read; it divides by the width of binary values, too. */
  static final Set<String> TABLES_JAVA =
      union(
          NOT_UTF_8,
          Set.of("type_decimal32_7_2", "type_decimal64_18_5", "type_fixed_size_binary_0"));

  /** What Arrow's Java library writes anew: it renames the items of lists in dictionaries. */
  static final Set<String> TABLES_RENAMED =
      Set.of("dictionary_of_list_item_int32", "dictionary_of_lists_of_a_dictionary");

  /** flight-core sends the dictionaries of a stream once, before its first batch. */
  private static final Set<String> CHANGING_DICTIONARIES =
      Set.of(
          "dictionary_grown_by_a_delta_then_replaced",
          "dictionary_grown_by_deltas",
          "dictionary_grown_sent_again_whole",
          "dictionary_replaced");

  /** Views, run ends, large lists and compressed bodies, which its Arrow library cannot read. */
  private static final Pattern TYPES_JAVASCRIPT =
      Pattern.compile("_view|^run_end_encoded|^type_large_list|^lz4|^zstd");

  /**
   * Dictionaries by 64 bits, which its Arrow library mixes with other numbers; tables of no
   * batches, which its Flight library refuses; strings and lists of no rows and truth values of no
   * value, which it writes without the buffers they need, and our server refuses.
   */
  private static final Set<String> TABLES_JAVASCRIPT =
      Set.of(
          "dictionary_by_int64",
          "dictionary_by_uint64",
          "no_batches",
          "no_columns_no_batches",
          "empty_batches_between",
          "one_batch_of_no_rows",
          "schema_and_field_metadata_equal_names",
          "type_bool");

  private static final Map<Peer, Set<String>> TABLES =
      Map.of(
          Peer.PYARROW,
          Set.of(),
          Peer.GO,
          Set.of(),
          Peer.RUST,
          NOT_UTF_8,
          Peer.FLIGHT_CORE,
          union(union(TABLES_JAVA, TABLES_RENAMED), CHANGING_DICTIONARIES));

  private NotOffered() {}

  /** Why a cell has nothing to play; empty where it has. */
  static Optional<String> reason(Cell cell) {
    if (cell.side() == Side.HANGAR && !OurHangar.OFFERED.contains(cell.scenario())) {
      return Optional.of(NO_TABLES);
    }
    if (cell.side() != Side.SERVER && cell.peer() == Peer.JAVASCRIPT) {
      return Optional.of(NO_JAVASCRIPT_SERVER);
    }
    return Optional.ofNullable(REASONS.get(cell.peer()).get(cell.scenario()));
  }

  /** The tables that a peer's library cannot read or write. */
  static Set<String> tables(Peer peer) {
    return peer == Peer.JAVASCRIPT ? javaScriptTables() : TABLES.get(peer);
  }

  private static Set<String> javaScriptTables() {
    var tables = new TreeSet<>(TABLES_JAVASCRIPT);
    Tables.names(Set.of()).stream()
        .filter(name -> TYPES_JAVASCRIPT.matcher(name).find())
        .forEach(tables::add);
    return tables;
  }

  /** The tables whose application metadata a peer's server does not give back. */
  static Set<String> silentTables(Peer peer) {
    var silent = new TreeSet<String>();
    if (peer == Peer.PYARROW) {
      // pyarrow's server sends dictionaries or application metadata, not both
      Tables.names(Set.of()).stream().filter(n -> n.contains("dictionar")).forEach(silent::add);
    }
    return silent;
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    var both = new TreeSet<>(one);
    both.addAll(other);
    return Set.copyOf(both);
  }
}
