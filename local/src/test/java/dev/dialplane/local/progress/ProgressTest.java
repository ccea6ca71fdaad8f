package dev.dialplane.local.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void aLineBeginsWithTheSecondsSinceTheStart() {
        AtomicLong nanos = new AtomicLong(5_000_000_000L);
        List<String> lines = new ArrayList<>();
        Progress progress = new Progress(lines::add, nanos::get);
        progress.say("first");
        nanos.addAndGet(12_345_000_000L);
        progress.say("kube-apiserver is ready");
        nanos.addAndGet(1_000_000_000_000L);
        progress.say("late");
        assertThat(lines).containsExactly("[  0.0 s] first", "[ 12.3 s] kube-apiserver is ready", "[1012.3 s] late");
    }
}
