/**
 * Tables in, tables out: what a Java application imports.
 *
 * <p>{@link dev.hangar.client.Hangar} puts what an {@code ArrowReader} reads and gets an {@code
 * ArrowReader} back, both streaming: a table larger than memory passes through. Batches are sent
 * from the vectors' own buffers and received into the vectors' own buffers.
 */
@org.jspecify.annotations.NullMarked
package dev.hangar.client;
