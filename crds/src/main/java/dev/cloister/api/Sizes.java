package dev.cloister.api;

/** CEL on quantities, which are integers or strings in a manifest ({@code cpu: 4} and {@code cpu: 500m}). */
final class Sizes {

    static final String POSITIVE = "isQuantity(string(self)) && quantity(string(self)).isGreaterThan(quantity('0'))";

    /** To be closed by {@code quantity('...')) >= 0}. */
    static final String AT_LEAST = "isQuantity(string(self)) && quantity(string(self)).compareTo(";

    static final String POSITIVE_MESSAGE = " is not an amount above zero; write for example ";

    private Sizes() {}
}
