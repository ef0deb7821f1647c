/** The same model as a user of DJL would write it, to compare with. */
@NullMarked
package io.tributary.bench.djl;

import org.jspecify.annotations.NullMarked;
