package dev.dialplane.inference.local.moonshine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Tokens as text. The words come from the script of npm's {@code llama-tokenizer-js}, which holds them base64-encoded, a
 * line each; a token such as {@code <0xE2>} is a byte of UTF-8, {@code ▁} is a space.
 */
final class Vocabulary {
    private static final String CONSTANT = "llama_vocab_base64 = \"";
    private static final int FIRST_BYTE = 3;
    private static final int BYTES = 256;

    private final List<String> tokens;

    private Vocabulary(List<String> tokens) {
        this.tokens = tokens;
    }

    /** From the package's script. */
    static Vocabulary read(Path script) throws IOException {
        String source = Files.readString(script);
        int start = source.indexOf(CONSTANT) + CONSTANT.length();
        int end = source.indexOf('"', start);
        if (start < CONSTANT.length() || end < 0) {
            throw new IOException(script + " holds no vocabulary (" + CONSTANT + "...)");
        }
        byte[] words = Base64.getDecoder().decode(source.substring(start, end));
        return new Vocabulary(Arrays.asList(new String(words, StandardCharsets.UTF_8).split("\n", -1)));
    }

    /** The text of these tokens; control tokens have none. */
    String text(int[] ids, int count) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            int id = ids[i];
            if (id >= FIRST_BYTE && id < FIRST_BYTE + BYTES) {
                bytes.write(id - FIRST_BYTE);
            } else if (id >= FIRST_BYTE + BYTES && id < tokens.size()) {
                bytes.writeBytes(tokens.get(id).replace('▁', ' ').getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8).strip();
    }
}
