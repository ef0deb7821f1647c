/** What measures the training step, merging and tokenizing, each beside the limit of the hardware it runs on. */
@NullMarked
package io.tributary.bench;

import org.jspecify.annotations.NullMarked;
