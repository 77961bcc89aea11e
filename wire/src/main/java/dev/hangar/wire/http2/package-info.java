/**
 * HTTP/2 as Flight wants it: Netty's codec for everything but the bytes of DATA, which are handed
 * on as they arrive and sent by reference.
 */
@org.jspecify.annotations.NullMarked
package dev.hangar.wire.http2;
