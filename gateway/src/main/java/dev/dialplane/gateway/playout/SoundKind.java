package dev.dialplane.gateway.playout;

/** What a piece of audio is: only speech counts as an answer. */
public enum SoundKind {
    SPEECH,
    FILLER,
    TONE
}
