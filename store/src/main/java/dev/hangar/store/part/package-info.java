/**
 * Parts of versions, in memory and as Arrow files.
 *
 * <p>A {@link dev.hangar.store.part.PartWriter} writes the file that {@code PartFormat} describes;
 * a {@link dev.hangar.store.part.FilePart} reads it as a mapping and checks each message; a {@link
 * dev.hangar.store.part.MemoryPart} keeps batches as they came.
 */
@org.jspecify.annotations.NullMarked
package dev.hangar.store.part;
