package io.tributary.flow;

import io.tributary.model.Decoding;
import io.tributary.model.Generator;
import io.tributary.model.Sampler;
import io.tributary.model.SharedParameters;
import io.tributary.record.Sample;
import io.tributary.vocabulary.PieceDecoder;
import io.tributary.vocabulary.SourceTokenizer;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One prompt that a source's model writes on with merged parameters, a token at a time, so that a subtask can look at its
 * mailbox in between. What is drawn depends on seed, source, round and prompt alone, and training does not see it.
 */
final class SampleRun implements AutoCloseable {
    private final SampleSettings settings;
    private final String source;
    private final long round;
    private final String prompt;
    private final int endOfText;
    private final PieceDecoder decoder;
    private final Decoding decoding;
    private final Generator generator;
    private final StringBuilder text = new StringBuilder();
    private int tokens;

    /** @param round that the parameters came out of */
    SampleRun(
            SampleSettings settings,
            long seed,
            long round,
            String prompt,
            TrainedSource source,
            SharedParameters merged) {
        this.settings = settings;
        this.source = source.id().name();
        this.round = round;
        this.prompt = prompt;
        Optional<int[]> held = source.rows().map(HeldRows::held);
        int[] ids;
        try (SourceTokenizer tokenizer = new SourceTokenizer(source.vocabulary(), held)) {
            ids = tokenizer.encode(prompt);
            endOfText = tokenizer.endOfText();
            decoder = tokenizer.decoder();
        }
        Arrays.stream(ids).forEach(decoder::add);
        decoding = source.model().decoding(merged);
        generator = new Generator(
                decoding,
                Sampler.of(settings.rules(), seed, "sample/" + this.source + "/" + round + "/" + prompt),
                IntStream.concat(IntStream.of(endOfText), Arrays.stream(ids)).toArray());
    }

    /** Writes one token; gives the sample once it was the last. */
    Optional<Sample> step() {
        int id = generator.next();
        boolean ended = id == endOfText;
        if (!ended) {
            text.append(decoder.add(id));
            tokens++;
        }
        if (!ended && tokens < settings.tokens()) {
            return Optional.empty();
        }
        text.append(decoder.end());
        return Optional.of(new Sample(round, source, prompt, text.toString(), tokens, ended));
    }

    @Override
    public String toString() {
        return "source " + source + " in round " + round + " behind '" + prompt + "'";
    }

    @Override
    public void close() {
        decoding.close();
    }
}
