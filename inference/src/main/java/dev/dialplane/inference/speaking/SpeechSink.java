package dev.dialplane.inference.speaking;

import dev.dialplane.inference.failure.ModelException;

/** Takes a spoken piece clause by clause; ends with either {@link #done} or {@link #failed}. */
public interface SpeechSink {
    /** More samples, in the voice's rate; the array is shared and must not be changed. */
    void samples(short[] samples);

    void done(Spoken spoken);

    void failed(ModelException failure);
}
