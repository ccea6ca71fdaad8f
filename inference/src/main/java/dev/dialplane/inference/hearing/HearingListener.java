package dev.dialplane.inference.hearing;

import dev.dialplane.contracts.inference.v1.Transcript;
import dev.dialplane.inference.failure.ModelException;

/** Told what a recognizer hears. */
public interface HearingListener {
    /** A partial or final transcript. */
    void heard(Transcript transcript);

    /** This utterance has failed; others go on. */
    void failed(long utterance, ModelException failure);
}
