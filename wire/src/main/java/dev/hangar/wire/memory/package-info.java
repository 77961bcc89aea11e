/** The memory that record batch bodies live in: counted, bounded, pooled. */
@org.jspecify.annotations.NullMarked
package dev.hangar.wire.memory;
