/** Batches of the store as structures of C (Arrow C data and C stream interfaces). */
@org.jspecify.annotations.NullMarked
package dev.hangar.query.cdata;
