/** Language models behind the chat completions protocol, streamed: vLLM, llama.cpp, Ollama and hosted ones. */
@NullMarked
package dev.dialplane.inference.openai;

import org.jspecify.annotations.NullMarked;
