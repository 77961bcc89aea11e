/**
 * What statements answer: while they run, for everybody who asked the same, and afterwards, as long
 * as their tables stay as they were.
 */
@org.jspecify.annotations.NullMarked
package dev.hangar.query.result;
