package dev.hangar.query.cdata;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/** Static methods that C calls. A thread that calls one stays attached to the JVM until it ends. */
final class Upcalls {
  private Upcalls() {}

  /**
   * Where a method can be called, as long as the process lives. One that throws ends it.
   *
   * @param lookup of the class that has the method
   */
  @SuppressWarnings("restricted")
  static MemorySegment of(
      MethodHandles.Lookup lookup, String method, FunctionDescriptor signature) {
    try {
      var handle = lookup.findStatic(lookup.lookupClass(), method, signature.toMethodType());
      return Linker.nativeLinker().upcallStub(handle, signature, Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Tells of a failure that nobody can be told who called. */
  static void failed(Throwable e) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
  }
}
