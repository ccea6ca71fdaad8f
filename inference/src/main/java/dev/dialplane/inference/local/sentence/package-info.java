/** Sentence embeddings by MiniLM on ONNX Runtime. */
@NullMarked
package dev.dialplane.inference.local.sentence;

import org.jspecify.annotations.NullMarked;
