package dev.cloister.operator.bench;

import java.util.List;

/** What one thing measured, run by run, in one unit. */
record Samples(List<Double> values) {

    /** Where the middle eight tenths of the runs lie: how noisy the machine was. */
    record Spread(double p10, double p90) {}

    /** The value that half of the runs stayed below or at. */
    double p50() {
        return percentile(50);
    }

    Spread spread() {
        return new Spread(percentile(10), percentile(90));
    }

    /** The nearest rank: always a value that was really seen. */
    private double percentile(int percent) {
        var sorted = values.stream().sorted().toList();
        return sorted.get(Math.ceilDiv(percent * sorted.size(), 100) - 1);
    }
}
