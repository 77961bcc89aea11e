/** The files a store writes and reads, and where tests make them fail. */
@org.jspecify.annotations.NullMarked
package dev.hangar.store.file;
