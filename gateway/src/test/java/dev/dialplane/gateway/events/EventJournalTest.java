package dev.dialplane.gateway.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.control.v1.Answered;
import dev.dialplane.contracts.control.v1.CallEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real file, as a file is what it is about. */
class EventJournalTest {
    @TempDir
    private Path directory;

    private EventJournal open() throws IOException {
        return open(1_000, 1 << 20);
    }

    private EventJournal open(int maxPending, long compactAt) throws IOException {
        return new EventJournal(directory.resolve("sub/journal"), maxPending, compactAt);
    }

    private static CallEvent event(int call, long seq) {
        return CallEvent.newBuilder().setFence(fence(call)).setSeq(seq).build();
    }

    private static Fence fence(int call) {
        return Fence.newBuilder().setCallId("call-" + call).setAttempt(1).build();
    }

    @Test
    void whatIsNotAcknowledgedSurvivesInOrder() throws IOException {
        try (EventJournal journal = open()) {
            journal.append(event(1, 1));
            journal.append(event(2, 1));
            journal.append(event(1, 2));
            journal.acknowledge(fence(2), 1);
        }
        try (EventJournal journal = open()) {
            assertThat(journal.pending()).containsExactly(event(1, 1), event(1, 2));
            assertThat(journal.isPending(event(2, 1))).isFalse();
        }
    }

    @Test
    void acknowledgingWhatIsNotThereDoesNothing() throws IOException {
        try (EventJournal journal = open()) {
            journal.append(event(1, 1));
            long size = journal.size();
            journal.acknowledge(fence(9), 9);
            assertThat(journal.size()).isEqualTo(size);
        }
    }

    @Test
    void callsThatWereOpenAreKnownAfterwards() throws IOException {
        CallEvent answered = event(1, 1).toBuilder()
                .setAnswered(Answered.newBuilder().setPodUid("pod"))
                .build();
        try (EventJournal journal = open()) {
            journal.opened(answered);
            journal.opened(event(2, 1));
            journal.closed(fence(2));
        }
        try (EventJournal journal = open()) {
            assertThat(journal.open()).containsExactly(answered);
        }
    }

    @Test
    void aRecordThatWasCutOffIsDroppedAndTheRestKept() throws IOException {
        try (EventJournal journal = open()) {
            journal.append(event(1, 1));
            journal.append(event(2, 1));
        }
        Path file = directory.resolve("sub/journal");
        byte[] all = Files.readAllBytes(file);
        for (int cut = 1; cut < 12; cut++) {
            Files.write(file, java.util.Arrays.copyOf(all, all.length - cut));
            try (EventJournal journal = open()) {
                assertThat(journal.pending()).containsExactly(event(1, 1));
                journal.append(event(3, 1));
            }
            try (EventJournal journal = open()) {
                assertThat(journal.pending()).containsExactly(event(1, 1), event(3, 1));
            }
        }
    }

    @Test
    void garbageAtTheEndIsDropped() throws IOException {
        try (EventJournal journal = open()) {
            journal.append(event(1, 1));
        }
        Path file = directory.resolve("sub/journal");
        Files.write(file, new byte[] {0x7F, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, StandardOpenOption.APPEND);
        try (EventJournal journal = open()) {
            assertThat(journal.pending()).containsExactly(event(1, 1));
        }
    }

    @Test
    void theFileIsWrittenAnewOnceItIsLarge() throws IOException {
        try (EventJournal journal = open(1_000, 4_096)) {
            journal.opened(event(0, 1));
            journal.append(event(7_777, 1));
            for (int i = 1; i <= 2_000; i++) {
                journal.append(event(i, 1));
                journal.acknowledge(fence(i), 1);
            }
            assertThat(journal.size()).isLessThan(10_000);
        }
        try (EventJournal journal = open()) {
            assertThat(journal.pending()).containsExactly(event(7_777, 1));
            assertThat(journal.open()).containsExactly(event(0, 1));
        }
    }

    @Test
    void beyondTheBoundTheOldestGoes() throws IOException {
        try (EventJournal journal = open(3, 1 << 20)) {
            for (int i = 1; i <= 5; i++) {
                journal.append(event(i, 1));
            }
            assertThat(journal.pending()).containsExactly(event(3, 1), event(4, 1), event(5, 1));
            assertThat(journal.dropped()).isEqualTo(2);
        }
    }
}
