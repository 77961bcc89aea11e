package dev.hangar.interop;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The entry of every fuzzer: runs one target, and counts as a failure what takes more than a second
 * of processor time, twice: the first time may have loaded and instrumented classes.
 */
public final class Fuzzer {
  private static final long INPUT_NANOS_MAX = 1_000_000_000L;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static MethodHandle target;

  private Fuzzer() {}

  /**
   * Called by Jazzer first, with the target's class and the folder of its seeds: reading those
   * loads what the first input would have to wait for.
   */
  public static void fuzzerInitialize(String[] arguments) throws Exception {
    target = target(arguments[0]);
    try (var seeds = Files.list(Path.of(arguments[1]))) {
      seeds.forEach(Fuzzer::warm);
    }
  }

  static MethodHandle target(String name) throws ReflectiveOperationException {
    return MethodHandles.publicLookup()
        .findStatic(
            Class.forName(name),
            "fuzzerTestOneInput",
            MethodType.methodType(void.class, byte[].class));
  }

  private static void warm(Path seed) {
    try {
      target.invokeExact(Files.readAllBytes(seed));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (Throwable found) {
      // the fuzzer comes to it again
    }
  }

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Throwable {
    long took = nanos(input);
    if (took > INPUT_NANOS_MAX && (took = nanos(input)) > INPUT_NANOS_MAX) {
      throw new IllegalStateException(
          input.length + " bytes took " + took / 1_000_000 + " ms of processor time");
    }
  }

  private static long nanos(byte[] input) throws Throwable {
    long before = THREADS.getCurrentThreadCpuTime();
    target.invokeExact(input);
    return THREADS.getCurrentThreadCpuTime() - before;
  }
}
