package io.tributary.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ShardingTest {
    @Test
    void shardsCoverAllParametersOnceAndInOrder() {
        for (int size = 1; size <= 12; size++) {
            for (int parameters = 1; parameters <= 30; parameters++) {
                Sharding sharding = new Sharding(parameters, size);
                long next = 0;
                for (int shard = 0; shard < sharding.count(); shard++) {
                    assertThat(sharding.start(shard)).isEqualTo(next);
                    assertThat(sharding.length(shard)).isBetween(1, size);
                    next += sharding.length(shard);
                }
                assertThat(next).isEqualTo(parameters);
            }
        }
    }

    @Test
    void aGroupMayHaveMoreParametersThanAnIntCounts() {
        Sharding sharding = new Sharding(5_000_000_001L, 1 << 20);

        assertThat(sharding.count()).isEqualTo(4769);
        assertThat(sharding.start(4768) + sharding.length(4768)).isEqualTo(5_000_000_001L);
    }

    @Test
    void aShardOutsideOfTheGroupIsRefused() {
        assertThatThrownBy(() -> new Sharding(10, 4).start(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new Sharding(10, 4).length(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** Its updates are the barrier of variants that merge nothing. */
    @Test
    void aTensorWithoutValuesIsOneShardWhateverTheirSize() {
        for (int size = 1; size <= 3; size++) {
            Sharding sharding = new Sharding(0, size);
            assertThat(sharding.count()).isOne();
            assertThat(sharding.start(0)).isZero();
            assertThat(sharding.length(0)).isZero();
        }
    }

    @Test
    void whatCannotBeCutIsRefused() {
        assertThatThrownBy(() -> new Sharding(-1, 4)).hasMessageContaining("-1 parameters");
        assertThatThrownBy(() -> new Sharding(4, 0)).hasMessageContaining("shards of 0");
        assertThatThrownBy(() -> new Sharding(Long.MAX_VALUE, 1)).hasMessageContaining("larger");
    }
}
