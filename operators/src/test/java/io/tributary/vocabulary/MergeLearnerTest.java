package io.tributary.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MergeLearnerTest {
    private static final Comparator<Map.Entry<Pair, Long>> BEST_FIRST = Comparator.comparingLong(
                    (Map.Entry<Pair, Long> entry) -> -entry.getValue())
            .thenComparing(entry -> entry.getKey().joined().length())
            .thenComparing(entry -> entry.getKey().joined())
            .thenComparing(entry -> entry.getKey().left().length());

    private record Pair(String left, String right) {
        String joined() {
            return left + right;
        }
    }

    @Test
    void learnsWhatCountingAnewForEachJoinGives() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            int letters = 1 + seed % 4;
            List<String> documents = IntStream.range(0, 40)
                    .mapToObj(document -> document(random, letters))
                    .toList();
            WordCounts words = new WordCounts();
            documents.forEach(words::add);

            List<String> learnt = new MergeLearner(words, Alphabet.of(words, 100)).learn(60);

            assertThat(learnt).as("seed %d", seed).isEqualTo(countAnew(documents, 60));
        }
    }

    /** A word of few letters has many repeated and overlapping pairs. */
    private static String document(Random random, int letters) {
        return random.ints(1 + random.nextInt(24), 'a', 'a' + letters)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** The definition of byte-pair encoding; each document is one word. */
    private static List<String> countAnew(List<String> documents, int limit) {
        List<List<String>> words = documents.stream()
                .map(document -> List.of((SentencePieceModel.SPACE + document).split("")))
                .toList();
        List<String> learnt = new ArrayList<>();
        while (true) {
            Pair best = count(words).entrySet().stream()
                    .filter(entry ->
                            entry.getValue() >= 2 && entry.getKey().joined().length() <= 16)
                    .min(BEST_FIRST)
                    .map(Map.Entry::getKey)
                    .orElse(new Pair("", ""));
            if (best.joined().isEmpty() || learnt.size() == limit) {
                return learnt;
            }
            words = words.stream().map(word -> join(word, best)).toList();
            if (!learnt.contains(best.joined())) {
                learnt.add(best.joined());
            }
        }
    }

    private static Map<Pair, Long> count(List<List<String>> words) {
        Map<Pair, Long> counts = new HashMap<>();
        for (List<String> word : words) {
            for (int i = 0; i + 1 < word.size(); i++) {
                counts.merge(new Pair(word.get(i), word.get(i + 1)), 1L, Long::sum);
            }
        }
        return counts;
    }

    private static List<String> join(List<String> word, Pair pair) {
        List<String> joined = new ArrayList<>();
        for (int i = 0; i < word.size(); i++) {
            boolean isPair = i + 1 < word.size() && new Pair(word.get(i), word.get(i + 1)).equals(pair);
            joined.add(isPair ? pair.joined() : word.get(i));
            i += isPair ? 1 : 0;
        }
        return joined;
    }
}
