/** Flight, both ends: a server that calls a service, a client that calls a server. */
@org.jspecify.annotations.NullMarked
package dev.hangar.wire;
