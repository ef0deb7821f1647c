package io.tributary.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CausesTest {
    @Test
    void theInnermostCauseOfAStackTraceIsFound() {
        String trace =
                """
                org.example.Outer: something failed
                \tat org.example.A.a(A.java:1)
                Caused by: org.example.Middle
                \tat org.example.B.b(B.java:2)
                Caused by: org.example.Inner: two
                lines
                \tat org.example.C.c(C.java:3)
                \t... 3 more
                """;
        assertThat(Causes.root(trace)).isEqualTo("org.example.Inner: two" + System.lineSeparator() + "lines");
    }

    @Test
    void theWrappingOfARestAnswerIsTakenOff() {
        assertThat(Causes.root(
                        "[org.apache.flink.runtime.rest.handler.RestHandlerException: No such job.\n\tat x.Y.z()"))
                .isEqualTo("No such job.");
    }

    @Test
    void theInnermostCauseOfAnExceptionIsFound() {
        Exception inner = new IllegalStateException("inner");
        assertThat(Causes.root(new RuntimeException(new RuntimeException(inner))))
                .isSameAs(inner);
    }
}
