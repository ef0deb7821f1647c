package io.tributary.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JavaSourcesTest {
    private static final String FILE =
            """
            /* Licence */
            package a;

            /**
             * \u5c06\u6587\u4ef6\u8bfb\u5165 {@link java.lang.String}<p>
             * plain words
             *
             * @param path \u6587\u4ef6\u8def\u5f84\uff0c\u4e0d\u80fd\u4e3a\u7a7a
             */
            class A {}
            """;

    @Test
    void codeStartsAfterTheLicence() {
        assertThat(JavaSources.code(FILE)).singleElement().asString().startsWith("package a;");
    }

    @Test
    void proseIsTheChineseDocumentationWithoutMarkup() {
        assertThat(JavaSources.chineseProse(FILE))
                .containsExactly("\u5c06\u6587\u4ef6\u8bfb\u5165 java.lang.String\n"
                        + "\u6587\u4ef6\u8def\u5f84\uff0c\u4e0d\u80fd\u4e3a\u7a7a");
    }
}
