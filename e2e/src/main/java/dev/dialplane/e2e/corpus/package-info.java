/** Labelled recordings by which turn-taking is judged. {@code e2e/src/main/corpus/make.py} makes them. */
@org.jspecify.annotations.NullMarked
package dev.dialplane.e2e.corpus;
