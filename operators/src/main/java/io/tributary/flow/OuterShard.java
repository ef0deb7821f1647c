package io.tributary.flow;

/**
 * The outer step's state of one shard.
 *
 * @param round the round that starts from these parameters
 * @param thetaN the parameters
 * @param momentaKN what the outer optimizer remembers between rounds
 */
record OuterShard(long round, float[] thetaN, float[][] momentaKN) {
    public OuterShard {
        if (round < 0) {
            throw new IllegalArgumentException("Rounds begin at 0, not at " + round);
        }
    }
}
