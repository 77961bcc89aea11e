/** Record batches between the messages of the store and the vectors of Arrow. */
@org.jspecify.annotations.NullMarked
package dev.hangar.query.arrow;
