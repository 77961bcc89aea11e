/** Benchmarks of what the wire's package keeps to itself. */
@NullMarked
package dev.hangar.wire;

import org.jspecify.annotations.NullMarked;
