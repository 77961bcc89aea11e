/** Files in and out: Parquet, CSV, JSON lines and Arrow, as streams of record batches. */
@org.jspecify.annotations.NullMarked
package dev.hangar.query.file;
