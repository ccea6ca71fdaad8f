/** A small language model, SmolLM2, by llama.cpp. */
@NullMarked
package dev.dialplane.inference.local.smollm;

import org.jspecify.annotations.NullMarked;
