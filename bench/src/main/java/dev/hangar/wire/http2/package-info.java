/** Benchmarks of what the wire's HTTP/2 keeps to itself. */
@NullMarked
package dev.hangar.wire.http2;

import org.jspecify.annotations.NullMarked;
