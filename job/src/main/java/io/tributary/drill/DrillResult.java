package io.tributary.drill;

import io.tributary.ledger.LedgerLine;
import java.util.ArrayList;
import java.util.List;

/**
 * What a drill has shown.
 *
 * @param differences between the snapshots of both runs
 * @param calm the ledger of the run that was left alone
 * @param disturbed that of the other
 * @param usefulSteps that a run needs
 * @param stepsDone by the disturbed run in all its attempts
 */
public record DrillResult(
        List<String> differences,
        List<LedgerLine> calm,
        List<LedgerLine> disturbed,
        List<Recovery> recoveries,
        long usefulSteps,
        long stepsDone) {
    public DrillResult {
        differences = List.copyOf(differences);
        calm = List.copyOf(calm);
        disturbed = List.copyOf(disturbed);
        recoveries = List.copyOf(recoveries);
    }

    /** Everything that is not as it would be without faults; nothing where all is. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>(differences);
        for (int i = 0; i < Math.max(calm.size(), disturbed.size()); i++) {
            boolean both = i < calm.size() && i < disturbed.size();
            if (!both || !trained(calm.get(i)).equals(trained(disturbed.get(i)))) {
                problems.add("the ledgers differ: " + (i < calm.size() ? calm.get(i) : "nothing") + " and "
                        + (i < disturbed.size() ? disturbed.get(i) : "nothing"));
            }
        }
        disturbed.stream()
                .filter(line -> line.missingBytes() != 0)
                .forEach(line -> problems.add("the ledger does not add up: " + line));
        return problems;
    }

    /** What must be equal; how far a source is read ahead of its training is a matter of time. */
    private static List<Object> trained(LedgerLine line) {
        return List.of(
                line.source(), line.trainedBytes(), line.trainedTokens(), line.deadLetters(), line.missingBytes());
    }

    /** Useful steps over steps done. */
    public double goodput() {
        return stepsDone == 0 ? 1 : Math.min(1, (double) usefulSteps / stepsDone);
    }

    /** From Flink's notice of each fault to the first new step, the shortest first. */
    public List<Long> recoveriesMs() {
        return recoveries.stream().map(Recovery::beyondNoticeMs).sorted().toList();
    }

    /** Lines for whoever watches. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("%d recoveries; from Flink's notice to the first new step %s"
                .formatted(recoveries.size(), spread(recoveriesMs())));
        lines.add("goodput %.3f: %,d useful steps of %,d"
                .formatted(goodput(), usefulSteps, Math.max(usefulSteps, stepsDone)));
        lines.add("trained bytes of each source: "
                + disturbed.stream()
                        .map(line -> line.source() + " " + "%,d".formatted(line.trainedBytes()))
                        .toList());
        List<String> problems = problems();
        lines.add(
                problems.isEmpty() ? "All snapshots are equal to the byte, and the ledgers too" : "NOT the same run:");
        problems.forEach(problem -> lines.add("  " + problem));
        return lines;
    }

    private static String spread(List<Long> sortedMs) {
        return sortedMs.isEmpty()
                ? "none"
                : "median %.1f s, largest %.1f s"
                        .formatted(
                                sortedMs.get(sortedMs.size() / 2) / 1000.0, sortedMs.get(sortedMs.size() - 1) / 1000.0);
    }
}
