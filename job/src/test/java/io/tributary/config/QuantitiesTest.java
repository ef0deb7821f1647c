package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuantitiesTest {
    @Test
    void durationsAreMilliseconds() {
        assertThat(Quantities.DURATION.parse("250ms")).hasValue(250);
        assertThat(Quantities.DURATION.parse("1.5s")).hasValue(1500);
        assertThat(Quantities.DURATION.parse("10m")).hasValue(600_000);
        assertThat(Quantities.DURATION.parse("2 h")).hasValue(7_200_000);
        assertThat(Quantities.DURATION.parse("1d")).hasValue(86_400_000);
    }

    @Test
    void sizesAreDecimalOrBinary() {
        assertThat(Quantities.SIZE.parse("2GiB")).hasValue(2L << 30);
        assertThat(Quantities.SIZE.parse("2GB")).hasValue(2_000_000_000);
        assertThat(Quantities.SIZE.parse("0.5KiB")).hasValue(512);
        assertThat(Quantities.SIZE.parse("7B")).hasValue(7);
    }

    @Test
    void ratesAreBytesInASecond() {
        assertThat(Quantities.RATE.parse("10Gbit/s")).hasValue(1_250_000_000);
        assertThat(Quantities.RATE.parse("125MB/s")).hasValue(125_000_000);
    }

    @Test
    void whatHasNoUnitOrAnotherOneOrTooMuchIsNone() {
        assertThat(Quantities.SIZE.parse("2")).isEmpty();
        assertThat(Quantities.SIZE.parse("2GB/s")).isEmpty();
        assertThat(Quantities.SIZE.parse("-2GB")).isEmpty();
        assertThat(Quantities.SIZE.parse("999999999TiB")).isEmpty();
        assertThat(Quantities.DURATION.parse("ten minutes")).isEmpty();
    }
}
