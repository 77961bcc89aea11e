/** The {@code hangar} command. */
@org.jspecify.annotations.NullMarked
package dev.hangar.cli;
