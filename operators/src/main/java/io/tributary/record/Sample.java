package io.tributary.record;

/**
 * What the model of a source writes, judged by nobody but the reader.
 *
 * @param round that has just been merged, as in the {@link RoundReport} of the same model
 * @param source the name of the source
 * @param prompt what it was given
 * @param text what it wrote behind the prompt
 * @param tokens of that text
 * @param ended whether it came to an end of its own
 */
public record Sample(long round, String source, String prompt, String text, int tokens, boolean ended)
        implements Report {}
