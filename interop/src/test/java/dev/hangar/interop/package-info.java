/** Other people's clients against our server, our client against other people's servers. */
package dev.hangar.interop;
