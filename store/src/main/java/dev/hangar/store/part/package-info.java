/** Parts of versions, in memory and as Arrow files. */
@org.jspecify.annotations.NullMarked
package dev.hangar.store.part;
