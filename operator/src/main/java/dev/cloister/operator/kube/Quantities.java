package dev.cloister.operator.kube;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * Arithmetic on quantities, written in the one form in which the API server gives them back. Any other form ("1000m" for
 * "1") would look like drift for ever.
 */
public final class Quantities {

    private static final BigDecimal MEBI = BigDecimal.valueOf(1L << 20);
    private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
    private static final List<String> SUFFIXES = List.of("Mi", "Gi", "Ti", "Pi");

    private Quantities() {}

    public static BigDecimal amount(Quantity quantity) {
        return Quantity.getAmountInBytes(quantity);
    }

    /** Processor cores, rounded up to a thousandth. */
    public static Quantity cpu(BigDecimal cores) {
        var millis = cores.movePointRight(3).setScale(0, RoundingMode.CEILING);
        var whole = millis.movePointLeft(3);
        return whole.stripTrailingZeros().scale() <= 0
                ? new Quantity(whole.setScale(0).toPlainString())
                : new Quantity(millis.toPlainString(), "m");
    }

    /** Memory or storage, rounded up to a MiB. */
    public static Quantity bytes(BigDecimal bytes) {
        var amount = bytes.divide(MEBI, 0, RoundingMode.CEILING);
        var unit = 0;
        while (unit < SUFFIXES.size() - 1
                && amount.signum() != 0
                && amount.remainder(KIBI).signum() == 0) {
            amount = amount.divide(KIBI);
            unit++;
        }
        return new Quantity(amount.toPlainString(), SUFFIXES.get(unit));
    }

    /** A part of an amount of memory or storage. */
    public static Quantity bytes(Quantity quantity) {
        return bytes(amount(quantity));
    }
}
