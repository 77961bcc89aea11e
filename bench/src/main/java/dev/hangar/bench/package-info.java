/**
 * Java peers for the benches: a table server and a client on flight-core, and rounds that time them
 * beside Hangar's own. Run by {@code bench/run}; every class here has a {@code main} or serves one.
 */
@NullMarked
package dev.hangar.bench;

import org.jspecify.annotations.NullMarked;
