/**
 * Named, versioned tables of immutable record batches.
 *
 * <p>A {@link dev.hangar.store.TableStore} finds tables by {@link dev.hangar.store.TableName}; a
 * {@link dev.hangar.store.TableWriter} makes the next version of one out of strangers' {@link
 * dev.hangar.store.Batch batches}, each held against the schema by {@code BatchCheck}; a {@link
 * dev.hangar.store.TableVersion} is a lease under which a version is read. Arrow's metadata is read
 * here, Arrow's data is not.
 */
@org.jspecify.annotations.NullMarked
package dev.hangar.store;
