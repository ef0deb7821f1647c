package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {
    @Test
    void slipsAreMissingAddedWrongAndSwappedLetters() {
        assertThat(Spelling.slips("width", "width")).isZero();
        assertThat(Spelling.slips("widh", "width")).isEqualTo(1);
        assertThat(Spelling.slips("widtth", "width")).isEqualTo(1);
        assertThat(Spelling.slips("wodth", "width")).isEqualTo(1);
        assertThat(Spelling.slips("widht", "width")).isEqualTo(1);
        assertThat(Spelling.slips("WIDTH", "width")).isZero();
        assertThat(Spelling.slips("", "width")).isEqualTo(5);
        assertThat(Spelling.slips("kitten", "sitting")).isEqualTo(3);
    }

    @Test
    void theNearestWordIsMeantIfItIsNear() {
        List<String> known = List.of("std", "spec", "single");
        assertThat(Spelling.nearest("sdt", known)).contains("std");
        assertThat(Spelling.nearest("specs", known)).contains("spec");
        assertThat(Spelling.nearest("kafka", known)).isEmpty();
    }
}
