/** How what is written in figures and signs is said: read from the text, and put into the words of a language. */
@NullMarked
package dev.dialplane.inference.speaking.wording;

import org.jspecify.annotations.NullMarked;
