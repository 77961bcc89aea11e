/** What there is, kept through power cuts: tables, versions, parts, uploads. */
@org.jspecify.annotations.NullMarked
package dev.hangar.store.catalog;
