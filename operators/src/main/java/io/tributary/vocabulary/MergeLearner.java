package io.tributary.vocabulary;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Learns the joined pieces of byte-pair encoding: again and again, the most frequent pair of neighbours becomes one
 * symbol (Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units"). Ties go to the shorter
 * text and then to the alphabet, as with SentencePiece; so the result depends on the counts alone.
 */
final class MergeLearner {
    /** Characters in a piece, SentencePiece's default. */
    private static final int MAX_LENGTH = 16;
    /** A pair seen once teaches nothing. */
    private static final int MIN_COUNT = 2;

    private final SymbolChains chains;
    private final List<Symbol> symbols = new ArrayList<>();
    private final Map<String, Integer> symbolOf = new HashMap<>();
    private final PairTable pairs = new PairTable();
    private final PairHeap heap = new PairHeap(this::isBefore);

    /** @param length in characters */
    private record Symbol(String text, int length) {}

    MergeLearner(WordCounts words, Alphabet alphabet) {
        chains = new SymbolChains(words, alphabet);
        for (int codePoint : alphabet.codePoints()) {
            addSymbol(new Symbol(Character.toString(codePoint), 1));
        }
        for (int place = 0; place < chains.size(); place++) {
            if (chains.next(place) != SymbolChains.NONE) {
                int pair = pairs.findOrAdd(chains.symbol(place), chains.symbol(chains.next(place)));
                pairs.addPlace(pair, place);
                pairs.addCount(pair, chains.count(place));
            }
        }
        for (int pair = 0; pair < pairs.size(); pair++) {
            if (pairs.count(pair) >= MIN_COUNT) {
                heap.add(pair);
            }
        }
    }

    /** The joined pieces, best first: at most {@code limit}, fewer if no pair is left that was seen twice. */
    List<String> learn(int limit) {
        int first = symbols.size();
        while (symbols.size() - first < limit && !heap.isEmpty()) {
            int pair = heap.poll();
            if (pairs.count(pair) < MIN_COUNT) {
                break;
            }
            joinEverywhere(pair);
        }
        return symbols.subList(first, symbols.size()).stream().map(Symbol::text).toList();
    }

    private void joinEverywhere(int pair) {
        int left = pairs.left(pair);
        int right = pairs.right(pair);
        int joined = symbolOfPair(pair);
        for (int place : pairs.takePlaces(pair)) {
            if (chains.isPair(place, left, right)) {
                join(pair, place, joined);
            }
        }
    }

    /** Joins at one place and keeps the counts of the pairs around it. */
    private void join(int pair, int place, int joined) {
        int previous = chains.previous(place);
        int next = chains.next(chains.next(place));
        long count = chains.count(place);
        if (previous != SymbolChains.NONE) {
            forget(pairs.find(chains.symbol(previous), pairs.left(pair)), pair, count);
        }
        if (next != SymbolChains.NONE) {
            forget(pairs.find(pairs.right(pair), chains.symbol(next)), pair, count);
        }
        chains.join(place, joined);
        if (previous != SymbolChains.NONE) {
            discover(previous, chains.symbol(previous), joined, count);
        }
        if (next != SymbolChains.NONE) {
            discover(place, joined, chains.symbol(next), count);
        }
    }

    /** The pair being joined is left out: its count is settled already. */
    private void forget(int pair, int beingJoined, long count) {
        if (pair == PairTable.NONE || pair == beingJoined) {
            return;
        }
        pairs.addCount(pair, -count);
        if (heap.contains(pair)) {
            heap.retreated(pair);
        }
    }

    private void discover(int place, int left, int right, long count) {
        if (symbols.get(left).length() + symbols.get(right).length() > MAX_LENGTH) {
            return;
        }
        int pair = pairs.findOrAdd(left, right);
        pairs.addPlace(pair, place);
        pairs.addCount(pair, count);
        if (heap.contains(pair)) {
            heap.advanced(pair);
        } else if (pairs.count(pair) >= MIN_COUNT) {
            heap.add(pair);
        }
    }

    /** A text that was joined from other parts before keeps its symbol: encoding would join these parts too. */
    private int symbolOfPair(int pair) {
        String text = text(pair);
        Integer known = symbolOf.get(text);
        return known != null ? known : addSymbol(new Symbol(text, length(pair)));
    }

    private int addSymbol(Symbol symbol) {
        symbolOf.put(symbol.text(), symbols.size());
        symbols.add(symbol);
        return symbols.size() - 1;
    }

    private boolean isBefore(int pair, int other) {
        if (pairs.count(pair) != pairs.count(other)) {
            return pairs.count(pair) > pairs.count(other);
        }
        int byLength = Integer.compare(length(pair), length(other));
        if (byLength != 0) {
            return byLength < 0;
        }
        int byText = text(pair).compareTo(text(other));
        return byText != 0 ? byText < 0 : leftLength(pair) < leftLength(other);
    }

    private String text(int pair) {
        return symbols.get(pairs.left(pair))
                .text()
                .concat(symbols.get(pairs.right(pair)).text());
    }

    private int length(int pair) {
        return leftLength(pair) + symbols.get(pairs.right(pair)).length();
    }

    private int leftLength(int pair) {
        return symbols.get(pairs.left(pair)).length();
    }
}
