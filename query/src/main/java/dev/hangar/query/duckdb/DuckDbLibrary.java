package dev.hangar.query.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Functions of DuckDB's C interface, version 2 (its {@code duckdb_v2.h}), in the library that its
 * Java driver brings along. They are used for what the driver lacks: results that DuckDB's own
 * threads make Arrow batches of, where the driver copies each row twice more. That interface is not
 * settled yet, so its version has to be the one that the project names. Thread-safe, as far as what
 * is called is.
 */
final class DuckDbLibrary {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup SYMBOLS = load();

  /** {@code duckdb_v2_str}: a pointer, and how many bytes lie there. */
  private static final MemoryLayout STRING = MemoryLayout.structLayout(ADDRESS, JAVA_LONG);

  private static final MethodHandle ERROR_TEXT = function("error_info_get_text", pointers(2));
  private static final MethodHandle ERROR_DESTROY = function("error_info_destroy", pointers(1));

  private DuckDbLibrary() {}

  /** A function that may fail, with an error as its last parameter. */
  static final class Call {
    private final MethodHandle function;

    private Call(MethodHandle function) {
      this.function = function;
    }

    /** One of {@code pointers} parameters, which are all pointers. */
    static Call of(String name, int pointers) {
      return of(name, pointers(pointers));
    }

    static Call of(String name, List<MemoryLayout> parameters) {
      List<MemoryLayout> all = new ArrayList<>(parameters);
      all.add(ADDRESS);
      return new Call(function(name, all));
    }

    /**
     * Calls it.
     *
     * @throws SQLException it failed; DuckDB's own message
     */
    void run(Object... arguments) throws SQLException {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment error = arena.allocate(ADDRESS);
        List<Object> all = new ArrayList<>(List.of(arguments));
        all.add(error);
        if (invoke(function, all) != 0) {
          throw new SQLException(text(error, arena));
        }
      }
    }

    /** Calls it with a place for what it makes in front of the error, and returns that. */
    MemorySegment make(Object... arguments) throws SQLException {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment made = arena.allocate(ADDRESS);
        run(Stream.concat(Stream.of(arguments), Stream.of(made)).toArray());
        return made.get(ADDRESS, 0);
      }
    }
  }

  /** A function that ends something's life, and always succeeds. */
  static final class Destroyer {
    private final MethodHandle function;

    private Destroyer(MethodHandle function) {
      this.function = function;
    }

    static Destroyer of(String name) {
      return new Destroyer(function(name, pointers(1)));
    }

    void destroy(MemorySegment handle) {
      try (Arena arena = Arena.ofConfined()) {
        invoke(function, List.of(arena.allocateFrom(ADDRESS, handle)));
      }
    }
  }

  private static List<MemoryLayout> pointers(int count) {
    return Collections.nCopies(count, ADDRESS);
  }

  /** The driver loads it when its class is initialized. */
  private static SymbolLookup load() {
    try {
      Class.forName("org.duckdb.DuckDBNative");
      return SymbolLookup.loaderLookup();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "DuckDB's Java driver is not there, or of another version", e);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(String name, List<MemoryLayout> parameters) {
    MemorySegment symbol = SYMBOLS.findOrThrow("duckdb_v2_" + name);
    return LINKER.downcallHandle(
        symbol, FunctionDescriptor.of(JAVA_INT, parameters.toArray(MemoryLayout[]::new)));
  }

  private static int invoke(MethodHandle function, List<Object> arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // a function in C throws nothing
    }
  }

  @SuppressWarnings("restricted")
  private static String text(MemorySegment error, Arena arena) {
    MemorySegment info = error.get(ADDRESS, 0);
    MemorySegment text = arena.allocate(STRING);
    invoke(ERROR_TEXT, List.of(info, text));
    long bytes = text.get(JAVA_LONG, ADDRESS.byteSize());
    byte[] utf8 = text.get(ADDRESS, 0).reinterpret(bytes).toArray(JAVA_BYTE);
    invoke(ERROR_DESTROY, List.of(error));
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
