/** What strangers send, held against Arrow's rules before it is stored. */
@org.jspecify.annotations.NullMarked
package dev.hangar.store.check;
