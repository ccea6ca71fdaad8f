package dev.dialplane.inference.conversing;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dialplane.contracts.common.v1.Error;
import dev.dialplane.inference.failure.ModelException;
import java.nio.charset.StandardCharsets;

/** Whatever a client says is a token: it is one, and reads as what it says, or it is refused. */
class ResumeTokenFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void anyTextIsATokenOrRefused(byte[] bytes) {
        ResumeToken token;
        try {
            token = ResumeToken.of(new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (ModelException e) {
            if (e.error().getKindCase() != Error.KindCase.BAD_REQUEST) {
                throw new IllegalStateException("refused as " + e.error());
            }
            return;
        }
        if (!ResumeToken.of(token.toString()).equals(token)) {
            throw new IllegalStateException("it does not read as what it says");
        }
        new SessionMemory(token.turns(), token.state()).withOpen();
    }
}
