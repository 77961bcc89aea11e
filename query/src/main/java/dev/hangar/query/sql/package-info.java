/**
 * SQL over tables and files. {@link dev.hangar.query.sql.SqlParser} reads a statement, {@link
 * dev.hangar.query.sql.Planner} finds out what it needs and answers with, {@link
 * dev.hangar.query.sql.SqlEngine} runs it.
 */
@org.jspecify.annotations.NullMarked
package dev.hangar.query.sql;
