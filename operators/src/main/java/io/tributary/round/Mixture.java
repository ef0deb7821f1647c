package io.tributary.round;

import io.tributary.record.SourceId;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How often each source comes up in a mixture: with a probability in proportion to its size to the power of the
 * temperature's exponent, {@code p_k = n_k^tau / sum n^tau}.
 *
 * <p>Sources are not drawn at random but get their share of the steps of every round, so that a round's mixture is what
 * it should be and not what luck made of it.
 *
 * @param tau 1 for shares in proportion to size, 0 for equal ones, 0.3 in between (as for mT5, arXiv 2010.11934)
 * @param sizes of sources by name, in any unit; 1 where none is given
 */
public record Mixture(double tau, Map<String, Double> sizes) {
    public Mixture {
        if (!(tau >= 0 && tau <= 1)) {
            throw new IllegalArgumentException("The exponent tau of a mixture lies in [0, 1], but it is " + tau);
        }
        sizes = Map.copyOf(sizes);
        if (sizes.values().stream().anyMatch(size -> !(size > 0) || Double.isInfinite(size))) {
            throw new IllegalArgumentException("Sizes of sources are positive, but they are " + sizes);
        }
    }

    /**
     * The steps of each source in a round of the mixture, by largest remainders; every source has at least one.
     *
     * @param roundSteps steps of all sources together
     * @throws IllegalArgumentException if there are fewer steps than sources
     */
    public Map<SourceId, Integer> steps(Collection<SourceId> sources, int roundSteps) {
        if (sources.isEmpty() || roundSteps < sources.size()) {
            throw new IllegalArgumentException(
                    "A round of %d steps is too short for %d sources, each of which has at least one"
                            .formatted(roundSteps, sources.size()));
        }
        SortedMap<SourceId, Double> quotas = new TreeMap<>();
        // In a fixed order, so that rounding does not depend on the caller's.
        double sum = new TreeSet<>(sources).stream().mapToDouble(this::power).sum();
        int free = roundSteps - sources.size();
        sources.forEach(source -> quotas.put(source, power(source) / sum * roundSteps));
        double beyondOne = quotas.values().stream()
                .mapToDouble(quota -> Math.max(0, quota - 1))
                .sum();
        Map<SourceId, Integer> steps = new HashMap<>();
        SortedMap<SourceId, Double> remainders = new TreeMap<>();
        quotas.forEach((source, quota) -> {
            double exact = beyondOne == 0 ? 0 : Math.max(0, quota - 1) / beyondOne * free;
            steps.put(source, 1 + (int) exact);
            remainders.put(source, exact - (int) exact);
        });
        int left =
                roundSteps - steps.values().stream().mapToInt(Integer::intValue).sum();
        remainders.entrySet().stream()
                .sorted(Map.Entry.<SourceId, Double>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(left)
                .forEach(entry -> steps.merge(entry.getKey(), 1, Integer::sum));
        return steps;
    }

    private double power(SourceId source) {
        return StrictMath.pow(sizes.getOrDefault(source.name(), 1.0), tau);
    }
}
