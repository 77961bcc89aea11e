/** DuckDB as it is used here: locked down, and SQL text made of values. */
@org.jspecify.annotations.NullMarked
package dev.hangar.query.duckdb;
