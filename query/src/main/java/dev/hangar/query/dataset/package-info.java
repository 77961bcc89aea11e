/** Files below folders of a server, which are read and written as tables are. */
@org.jspecify.annotations.NullMarked
package dev.hangar.query.dataset;
