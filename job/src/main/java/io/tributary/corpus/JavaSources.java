package io.tributary.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Java source files hold: code, and prose in their documentation comments. */
final class JavaSources {
    private static final Pattern DOC_COMMENT = Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL);
    private static final Pattern LINE_START = Pattern.compile("(?m)^[ \\t]*\\*[ \\t]?");
    private static final Pattern INLINE_TAG = Pattern.compile("\\{@\\w+\\s+([^{}]*)}");
    private static final Pattern BLOCK_TAG_NAME = Pattern.compile("(?m)^@(?:param\\s+\\S+|throws\\s+\\S+|\\w+)[ \\t]*");
    private static final Pattern MARKUP = Pattern.compile("</?[a-zA-Z][^<>]*>");
    private static final Pattern HAN = Pattern.compile("\\p{IsHan}");

    private JavaSources() {}

    /** The file as it is, without the licence that opens every file with the same words. */
    static List<String> code(String file) {
        int body = file.startsWith("/*") ? file.indexOf("*/") + 2 : 0;
        return Documents.split(file.substring(Math.max(0, body)));
    }

    /** The lines of documentation that are written in Chinese, without tags and markup; one document per file. */
    static List<String> chineseProse(String file) {
        List<String> lines = new ArrayList<>();
        Matcher comments = DOC_COMMENT.matcher(file);
        while (comments.find()) {
            for (String line : plain(comments.group(1)).lines().toList()) {
                if (HAN.matcher(line).results().limit(4).count() == 4) {
                    lines.add(line.strip());
                }
            }
        }
        return Documents.split(String.join("\n", lines));
    }

    private static String plain(String comment) {
        String text = LINE_START.matcher(comment).replaceAll("");
        text = INLINE_TAG.matcher(text).replaceAll("$1");
        text = BLOCK_TAG_NAME.matcher(text).replaceAll("");
        return MARKUP.matcher(text).replaceAll("");
    }
}
