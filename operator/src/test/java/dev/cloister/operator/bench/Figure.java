package dev.cloister.operator.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cloister.operator.bench.Samples.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * One figure beside its peer of the same run, as {@code bench/out/NAME.json} keeps it.
 *
 * @param name what {@code make bench ONLY=name} calls it
 * @param value the figure, in {@code unit}
 * @param wanted what the project promises for {@code value}
 * @param peer what it is compared with
 * @param ratio {@code value} by {@code peerValue}; {@code value} itself where the peer is a limit of 0
 * @param how what was measured and how, for readers of docs/performance.md
 */
record Figure(
        String name,
        double value,
        String unit,
        String wanted,
        String peer,
        double peerValue,
        double ratio,
        int runs,
        Spread spread,
        Spread peerSpread,
        String how,
        String date,
        String machine,
        String commit) {

    private static final Path OUT = Path.of("../bench/out");
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** What a figure is, before it has numbers. */
    record Subject(String name, String unit, String wanted, String peer, String how) {

        /** The medians of both sides, measured in turns. */
        Figure of(Samples ours, Samples peers) {
            return new Figure(
                    name,
                    ours.p50(),
                    unit,
                    wanted,
                    peer,
                    peers.p50(),
                    ratio(ours.p50(), peers.p50()),
                    ours.values().size(),
                    ours.spread(),
                    peers.spread(),
                    how,
                    Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                    thisMachine(),
                    Optional.ofNullable(System.getenv("BENCH_COMMIT")).orElse("unknown"));
        }
    }

    void write() throws IOException {
        Files.createDirectories(OUT);
        Files.writeString(OUT.resolve(name + ".json"), JSON.writeValueAsString(this) + "\n");
        System.out.printf(
                "%s: %s %s (%s to %s); %s: %s; ratio %s%n",
                name, value, unit, spread.p10(), spread.p90(), peer, peerValue, ratio);
    }

    private static double ratio(double value, double peer) {
        return peer == 0 ? value : Math.round(value / peer * 100) / 100.0;
    }

    private static String thisMachine() {
        return "%d cores, %s, %s %s, Java %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.arch"),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("java.version"));
    }
}
