/** A store on one machine: its tables, their versions, and the commits between. */
@org.jspecify.annotations.NullMarked
package dev.hangar.store.local;
